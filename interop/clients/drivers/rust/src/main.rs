//! Produces and consumes with rskafka. What goes in and out is told in driver-lines.ts.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::BufRead;

use base64::{engine::general_purpose::STANDARD, Engine};
use rskafka::client::partition::{Compression, OffsetAt, UnknownTopicHandling};
use rskafka::client::ClientBuilder;
use rskafka::record::Record;

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let args: Vec<String> = std::env::args().collect();
    match args[1].as_str() {
        "produce" => produce(&args[2], &args[3], &args[5]).await,
        _ => consume(&args[2], &args[3], args[4].parse()?).await,
    }
}

/// It has acks=all only, leaves the choice of the partition to its caller, and sends one batch per call.
async fn produce(bootstrap: &str, topic: &str, codec: &str) -> Outcome {
    let client = client(bootstrap).await?;
    let partitions = partitions(&client, topic).await?;
    let compression = match codec {
        "gzip" => Compression::Gzip,
        "lz4" => Compression::Lz4,
        "snappy" => Compression::Snappy,
        "zstd" => Compression::Zstd,
        _ => Compression::NoCompression,
    };
    let mut by_partition: BTreeMap<i32, Vec<Record>> = BTreeMap::new();
    for (index, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line?;
        let fields: Vec<&str> = line.split('\t').collect();
        let mut headers = BTreeMap::new();
        for pair in fields[2].split(',').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once(':').ok_or("a header without a colon")?;
            headers.insert(String::from_utf8(STANDARD.decode(name)?)?, STANDARD.decode(value)?);
        }
        let record = Record { key: decode(fields[0])?, value: decode(fields[1])?, headers, timestamp: chrono::Utc::now() };
        by_partition.entry(partitions[index % partitions.len()]).or_default().push(record);
    }
    for (partition, records) in by_partition {
        let partition = client.partition_client(topic, partition, UnknownTopicHandling::Error).await?;
        partition.produce(records, compression).await?;
    }
    Ok(())
}

async fn consume(bootstrap: &str, topic: &str, count: usize) -> Outcome {
    let client = client(bootstrap).await?;
    let mut read = 0;
    for number in partitions(&client, topic).await? {
        let partition = client.partition_client(topic, number, UnknownTopicHandling::Error).await?;
        let mut offset = partition.get_offset(OffsetAt::Earliest).await?;
        let end = partition.get_offset(OffsetAt::Latest).await?;
        while offset < end {
            let (records, _) = partition.fetch_records(offset, 1..10_000_000, 1_000).await?;
            for found in records {
                let headers: Vec<String> =
                    found.record.headers.iter().map(|(name, value)| format!("{}:{}", STANDARD.encode(name), STANDARD.encode(value))).collect();
                let (key, value) = (encode(&found.record.key), encode(&found.record.value));
                println!("{number}\t{}\t{key}\t{value}\t{}", found.offset, headers.join(","));
                offset = found.offset + 1;
                read += 1;
            }
        }
    }
    if read == count {
        return Ok(());
    }
    Err(format!("read {read} of {count}").into())
}

async fn client(bootstrap: &str) -> Result<rskafka::client::Client, Box<dyn Error>> {
    Ok(ClientBuilder::new(bootstrap.split(',').map(String::from).collect()).build().await?)
}

async fn partitions(client: &rskafka::client::Client, topic: &str) -> Result<Vec<i32>, Box<dyn Error>> {
    let topics = client.list_topics().await?;
    let found = topics.into_iter().find(|each| each.name == topic).ok_or("no such topic")?;
    Ok(found.partitions.into_iter().collect())
}

fn decode(field: &str) -> Result<Option<Vec<u8>>, base64::DecodeError> {
    if field == "-" { Ok(None) } else { STANDARD.decode(field).map(Some) }
}

fn encode(bytes: &Option<Vec<u8>>) -> String {
    bytes.as_ref().map_or("-".into(), |bytes| STANDARD.encode(bytes))
}
