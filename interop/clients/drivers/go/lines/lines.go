// Package lines reads and prints records as driver-lines.ts tells them.
package lines

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"os"
	"strings"
)

// Header is one header of a record.
type Header struct {
	Name  string
	Value []byte
}

// Record has nil where Kafka has null.
type Record struct {
	Partition int32
	Offset    int64
	Key       []byte
	Value     []byte
	Headers   []Header
}

// Read reads what `produce` is to send.
func Read() []Record {
	in := bufio.NewReader(os.Stdin)
	var records []Record
	for {
		line, err := in.ReadString('\n')
		if line = strings.TrimSuffix(line, "\n"); line != "" {
			fields := strings.Split(line, "\t")
			record := Record{Key: decode(fields[0]), Value: decode(fields[1])}
			for _, pair := range strings.Split(fields[2], ",") {
				if name, value, ok := strings.Cut(pair, ":"); ok {
					record.Headers = append(record.Headers, Header{string(decode(name)), decode(value)})
				}
			}
			records = append(records, record)
		}
		if err != nil {
			return records
		}
	}
}

// Print prints what `consume` has read.
func Print(record Record) {
	pairs := make([]string, 0, len(record.Headers))
	for _, header := range record.Headers {
		pairs = append(pairs, encode([]byte(header.Name))+":"+encode(header.Value))
	}
	fmt.Printf("%d\t%d\t%s\t%s\t%s\n", record.Partition, record.Offset, encode(record.Key), encode(record.Value),
		strings.Join(pairs, ","))
}

// Must ends the driver with the error as its last line.
func Must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func decode(field string) []byte {
	if field == "-" {
		return nil
	}
	bytes, err := base64.StdEncoding.DecodeString(field)
	Must(err)
	if bytes == nil {
		return []byte{}
	}
	return bytes
}

func encode(bytes []byte) string {
	if bytes == nil {
		return "-"
	}
	return base64.StdEncoding.EncodeToString(bytes)
}
