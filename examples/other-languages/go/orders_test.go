// A service in Go against a mock cluster.
//
//	npx harrow broker --brokers 3 --topic orders:3 --port 9092 --control-port 8474
//	HARROW=http://127.0.0.1:8474 go test ./...
package orders

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// harrow asks the control API and reads its answer into what is wanted.
func harrow(t *testing.T, method, path string, body, answer any) {
	t.Helper()
	encoded, _ := json.Marshal(body)
	request, err := http.NewRequest(method, os.Getenv("HARROW")+path, bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, response.Status)
	}
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		t.Fatal(err)
	}
}

func TestAnOrderIsWrittenOnceEvenIfTheAnswerIsLost(t *testing.T) {
	var cluster struct{ BootstrapServers string }
	harrow(t, "POST", "/v1/reset", nil, &cluster)
	var fault struct{ Hits int }
	harrow(t, "POST", "/v1/faults", map[string]any{
		"name": "lost",
		"on":   map[string]any{"api": "Produce", "topic": "orders", "nth": 1},
		"do":   map[string]any{"disconnect": "after-handling"},
	}, &fault)

	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(cluster.BootstrapServers, ",")...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	record := &kgo.Record{Topic: "orders", Key: []byte("o-1"), Value: []byte("two coffees")}
	if err := client.ProduceSync(ctx, record).FirstErr(); err != nil {
		t.Fatal(err)
	}

	harrow(t, "GET", "/v1/faults/lost", nil, &fault)
	if fault.Hits != 1 {
		t.Errorf("the fault acted %d times", fault.Hits)
	}
	var log struct{ Records []struct{ ValueText string } }
	harrow(t, "GET", "/v1/topics/orders/records", nil, &log)
	if len(log.Records) != 1 || log.Records[0].ValueText != "two coffees" {
		t.Errorf("in the log: %+v", log.Records)
	}
	var delivery struct {
		IsGood  bool
		Problem string
	}
	harrow(t, "GET", "/v1/delivery?topic=orders", nil, &delivery)
	if !delivery.IsGood {
		t.Error(delivery.Problem)
	}
}
