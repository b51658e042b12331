// Produces and consumes with sarama. What goes in and out is told in driver-lines.ts.
package main

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/IBM/sarama"
	"harrow.test/drivers/lines"
)

func main() {
	args := os.Args
	config := sarama.NewConfig()
	// The newest it knows: it chooses the versions of requests by it.
	config.Version = sarama.MaxVersion
	brokers := strings.Split(args[2], ",")
	if args[1] == "produce" {
		produce(config, brokers, args[3], args[4], args[5], args[6] == "true")
		return
	}
	count, err := strconv.Atoi(args[4])
	lines.Must(err)
	if len(args) > 5 {
		consumeInGroup(config, brokers, args[3], count, args[5])
		return
	}
	consume(config, brokers, args[3], count)
}

func produce(config *sarama.Config, brokers []string, topic, acks, codec string, idempotent bool) {
	config.Producer.Return.Successes = true
	config.Producer.RequiredAcks = map[string]sarama.RequiredAcks{
		"0": sarama.NoResponse, "1": sarama.WaitForLocal, "all": sarama.WaitForAll,
	}[acks]
	config.Producer.Compression = map[string]sarama.CompressionCodec{
		"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy,
		"lz4": sarama.CompressionLZ4, "zstd": sarama.CompressionZSTD,
	}[codec]
	if idempotent {
		config.Producer.Idempotent = true
		config.Net.MaxOpenRequests = 1
	}
	producer, err := sarama.NewSyncProducer(brokers, config)
	lines.Must(err)
	var messages []*sarama.ProducerMessage
	for _, each := range lines.Read() {
		message := &sarama.ProducerMessage{Topic: topic}
		// An encoder of nothing would be a value of no bytes.
		if each.Key != nil {
			message.Key = sarama.ByteEncoder(each.Key)
		}
		if each.Value != nil {
			message.Value = sarama.ByteEncoder(each.Value)
		}
		for _, header := range each.Headers {
			message.Headers = append(message.Headers, sarama.RecordHeader{Key: []byte(header.Name), Value: header.Value})
		}
		messages = append(messages, message)
	}
	lines.Must(producer.SendMessages(messages))
	lines.Must(producer.Close())
}

func consume(config *sarama.Config, brokers []string, topic string, count int) {
	consumer, err := sarama.NewConsumer(brokers, config)
	lines.Must(err)
	partitions, err := consumer.Partitions(topic)
	lines.Must(err)
	messages := make(chan *sarama.ConsumerMessage)
	for _, partition := range partitions {
		from, err := consumer.ConsumePartition(topic, partition, sarama.OffsetOldest)
		lines.Must(err)
		go func() {
			for message := range from.Messages() {
				messages <- message
			}
		}()
	}
	deadline := time.After(25 * time.Second)
	for range count {
		select {
		case message := <-messages:
			show(message)
		case <-deadline:
			lines.Must(errors.New("not everything was read within 25 s"))
		}
	}
}

func consumeInGroup(config *sarama.Config, brokers []string, topic string, count int, group string) {
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	consumer, err := sarama.NewConsumerGroup(brokers, group, config)
	lines.Must(err)
	ctx, cancel := context.WithTimeout(context.Background(), 25*time.Second)
	handler := &member{left: count, done: cancel}
	// It returns at the end of a generation, and commits what was marked.
	for ctx.Err() == nil {
		lines.Must(consumer.Consume(ctx, []string{topic}, handler))
	}
	lines.Must(consumer.Close())
	if handler.left > 0 {
		lines.Must(errors.New("not everything was read within 25 s"))
	}
}

// member reads until nothing is left. Each partition has a goroutine of its own.
type member struct {
	mutex sync.Mutex
	left  int
	done  func()
}

func (*member) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (*member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		m.take(session, message)
	}
	return nil
}

func (m *member) take(session sarama.ConsumerGroupSession, message *sarama.ConsumerMessage) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.left == 0 {
		return
	}
	show(message)
	session.MarkMessage(message, "")
	m.left--
	if m.left == 0 {
		m.done()
	}
}

func show(message *sarama.ConsumerMessage) {
	found := lines.Record{
		Partition: message.Partition, Offset: message.Offset, Key: message.Key, Value: message.Value,
	}
	for _, header := range message.Headers {
		found.Headers = append(found.Headers, lines.Header{Name: string(header.Key), Value: header.Value})
	}
	lines.Print(found)
}
