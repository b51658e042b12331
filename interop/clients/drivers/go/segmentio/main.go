// Produces and consumes with segmentio/kafka-go. What goes in and out is told in driver-lines.ts.
package main

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/segmentio/kafka-go"
	"harrow.test/drivers/lines"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	defer cancel()
	args := os.Args
	brokers := strings.Split(args[2], ",")
	if args[1] == "produce" {
		produce(ctx, brokers, args[3], args[4], args[5])
		return
	}
	count, err := strconv.Atoi(args[4])
	lines.Must(err)
	if len(args) > 5 {
		consumeInGroup(ctx, brokers, args[3], count, args[5])
		return
	}
	consume(ctx, brokers, args[3], count)
}

func produce(ctx context.Context, brokers []string, topic, acks, codec string) {
	writer := &kafka.Writer{
		Addr:         kafka.TCP(brokers...),
		Topic:        topic,
		BatchTimeout: 20 * time.Millisecond,
		RequiredAcks: map[string]kafka.RequiredAcks{
			"0": kafka.RequireNone, "1": kafka.RequireOne, "all": kafka.RequireAll,
		}[acks],
		Compression: map[string]kafka.Compression{
			"gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd,
		}[codec],
	}
	var messages []kafka.Message
	for _, each := range lines.Read() {
		message := kafka.Message{Key: each.Key, Value: each.Value}
		for _, header := range each.Headers {
			message.Headers = append(message.Headers, kafka.Header{Key: header.Name, Value: header.Value})
		}
		messages = append(messages, message)
	}
	lines.Must(writer.WriteMessages(ctx, messages...))
	lines.Must(writer.Close())
}

func consume(ctx context.Context, brokers []string, topic string, count int) {
	connection, err := kafka.DialContext(ctx, "tcp", brokers[0])
	lines.Must(err)
	partitions, err := connection.ReadPartitions(topic)
	lines.Must(err)
	lines.Must(connection.Close())
	messages := make(chan kafka.Message)
	for _, partition := range partitions {
		reader := kafka.NewReader(kafka.ReaderConfig{
			Brokers: brokers, Topic: topic, Partition: partition.ID, MaxWait: 200 * time.Millisecond,
		})
		lines.Must(reader.SetOffset(kafka.FirstOffset))
		go func() {
			for {
				message, err := reader.ReadMessage(ctx)
				lines.Must(err)
				messages <- message
			}
		}()
	}
	for range count {
		show(<-messages)
	}
}

func consumeInGroup(ctx context.Context, brokers []string, topic string, count int, group string) {
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: brokers, Topic: topic, GroupID: group, StartOffset: kafka.FirstOffset, MaxWait: 200 * time.Millisecond,
	})
	for range count {
		message, err := reader.FetchMessage(ctx)
		lines.Must(err)
		lines.Must(reader.CommitMessages(ctx, message))
		show(message)
	}
	lines.Must(reader.Close())
}

func show(message kafka.Message) {
	found := lines.Record{
		Partition: int32(message.Partition), Offset: message.Offset, Key: message.Key, Value: message.Value,
	}
	for _, header := range message.Headers {
		found.Headers = append(found.Headers, lines.Header{Name: header.Key, Value: header.Value})
	}
	lines.Print(found)
}
