// Produces and consumes with franz-go. What goes in and out is told in driver-lines.ts.
package main

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"harrow.test/drivers/lines"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	args := os.Args
	seeds := kgo.SeedBrokers(strings.Split(args[2], ",")...)
	if args[1] == "produce" {
		produce(ctx, seeds, args[3], args[4], args[5], args[6] == "true")
		return
	}
	count, err := strconv.Atoi(args[4])
	lines.Must(err)
	consume(ctx, seeds, args[3], count, args[5:])
}

func produce(ctx context.Context, seeds kgo.Opt, topic, acks, codec string, idempotent bool) {
	options := []kgo.Opt{seeds, kgo.DefaultProduceTopic(topic), kgo.ProducerLinger(20 * time.Millisecond)}
	options = append(options, map[string]kgo.Opt{
		"0": kgo.RequiredAcks(kgo.NoAck()), "1": kgo.RequiredAcks(kgo.LeaderAck()), "all": kgo.RequiredAcks(kgo.AllISRAcks()),
	}[acks])
	options = append(options, map[string]kgo.Opt{
		"none":   kgo.ProducerBatchCompression(kgo.NoCompression()),
		"gzip":   kgo.ProducerBatchCompression(kgo.GzipCompression()),
		"snappy": kgo.ProducerBatchCompression(kgo.SnappyCompression()),
		"lz4":    kgo.ProducerBatchCompression(kgo.Lz4Compression()),
		"zstd":   kgo.ProducerBatchCompression(kgo.ZstdCompression()),
	}[codec])
	if !idempotent {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	client, err := kgo.NewClient(options...)
	lines.Must(err)
	defer client.Close()
	var records []*kgo.Record
	for _, each := range lines.Read() {
		record := &kgo.Record{Key: each.Key, Value: each.Value}
		for _, header := range each.Headers {
			record.Headers = append(record.Headers, kgo.RecordHeader{Key: header.Name, Value: header.Value})
		}
		records = append(records, record)
	}
	lines.Must(client.ProduceSync(ctx, records...).FirstErr())
}

func consume(ctx context.Context, seeds kgo.Opt, topic string, count int, group []string) {
	options := []kgo.Opt{seeds, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}
	for _, name := range group {
		options = append(options, kgo.ConsumerGroup(name), kgo.DisableAutoCommit())
	}
	client, err := kgo.NewClient(options...)
	lines.Must(err)
	defer client.Close()
	for read := 0; read < count; {
		fetches := client.PollFetches(ctx)
		lines.Must(fetches.Err())
		fetches.EachRecord(func(record *kgo.Record) {
			read++
			found := lines.Record{Partition: record.Partition, Offset: record.Offset, Key: record.Key, Value: record.Value}
			for _, header := range record.Headers {
				found.Headers = append(found.Headers, lines.Header{Name: header.Key, Value: header.Value})
			}
			lines.Print(found)
		})
	}
	if len(group) > 0 {
		lines.Must(client.CommitUncommittedOffsets(ctx))
		client.LeaveGroup()
	}
}
