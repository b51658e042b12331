/*
 * librdkafka in C: the producer, and its mock cluster in a process of its own.
 *
 *   librdkafka mode=flow|latency bootstrap=... topic=... records=... value_bytes=... payload=bytes|json batch_bytes=...
 *              linger_ms=... acks=... compression=... keys=0|1
 *   librdkafka mode=mock brokers=3 partitions=6 topic=bench       (ends when its input does)
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int arg_count;
static char **args;

static const char *arg(const char *name, const char *otherwise) {
  size_t length = strlen(name);
  for (int i = 1; i < arg_count; i++)
    if (!strncmp(args[i], name, length) && args[i][length] == '=') return args[i] + length + 1;
  return otherwise;
}

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec + at.tv_nsec / 1e9;
}

static double cpu(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
  char problem[512];
  if (rd_kafka_conf_set(conf, name, value, problem, sizeof problem) == RD_KAFKA_CONF_OK) return;
  fprintf(stderr, "%s\n", problem);
  exit(2);
}

static long answered;

static void on_delivery(rd_kafka_t *producer, const rd_kafka_message_t *message, void *opaque) {
  (void)producer;
  (void)opaque;
  if (message->err) {
    fprintf(stderr, "%s\n", rd_kafka_err2str(message->err));
    exit(1);
  }
  answered++;
}

static char keys[1000][11];
static char *values[64];
static size_t value_lengths[64];

static void make_records(void) {
  int is_json = !strcmp(arg("payload", "bytes"), "json");
  size_t bytes = atol(arg("value_bytes", "100"));
  static const char *status[] = {"created", "paid", "shipped", "returned"};
  for (int i = 0; i < 1000; i++) snprintf(keys[i], sizeof keys[i], "key-%06d", i);
  for (int i = 0; i < 64; i++) {
    if (is_json) {
      unsigned hash = (unsigned)i * 2654435761u;
      values[i] = malloc(512);
      value_lengths[i] = snprintf(
          values[i], 512,
          "{\"orderId\":\"order-%u\",\"customer\":\"customer-%u\",\"status\":\"%s\",\"amountCents\":%u,\"currency\":"
          "\"EUR\",\"items\":[{\"sku\":\"SKU-%u\",\"count\":%u}],\"at\":%llu,\"source\":\"bench\"}",
          hash, hash % 5000, status[hash % 4], hash % 100000, hash % 977, hash % 7 + 1, 1700000000000ull + hash % 86400000);
    } else {
      values[i] = malloc(bytes);
      memset(values[i], 'a' + i % 26, bytes);
      value_lengths[i] = bytes;
    }
  }
}

static rd_kafka_topic_t *topic;
static int has_keys;

static int produce(long i) {
  return rd_kafka_produce(topic, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, values[i & 63], value_lengths[i & 63],
                          has_keys ? keys[i % 1000] : NULL, has_keys ? 10 : 0, NULL);
}

static void flow(rd_kafka_t *producer, long records) {
  answered = 0;
  for (long i = 0; i < records; i++) {
    while (produce(i) == -1) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) exit(1);
      rd_kafka_poll(producer, 1);
    }
    if (i % 1000 == 999) rd_kafka_poll(producer, 0);
  }
  while (answered < records) rd_kafka_poll(producer, 10);
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void latency(rd_kafka_t *producer, long records, double *us) {
  for (long i = 0; i < records; i++) {
    double start = now();
    answered = 0;
    if (produce(i) == -1) exit(1);
    while (answered == 0) rd_kafka_poll(producer, 100);
    us[i] = (now() - start) * 1e6;
  }
}

static int mock(void) {
  char problem[512], byte;
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  rd_kafka_t *owner = rd_kafka_new(RD_KAFKA_PRODUCER, conf, problem, sizeof problem);
  rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(owner, atoi(arg("brokers", "3")));
  rd_kafka_mock_topic_create(cluster, arg("topic", "bench"), atoi(arg("partitions", "6")), 1);
  printf("{\"bootstrap\":\"%s\"}\n", rd_kafka_mock_cluster_bootstraps(cluster));
  fflush(stdout);
  while (read(0, &byte, 1) > 0) {
  }
  return 0;
}

int main(int argc, char **argv) {
  arg_count = argc;
  args = argv;
  const char *mode = arg("mode", "flow");
  if (!strcmp(mode, "version")) {
    printf("%s\n", rd_kafka_version_str());
    return 0;
  }
  if (!strcmp(mode, "mock")) return mock();
  make_records();
  char problem[512];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", arg("bootstrap", ""));
  set(conf, "client.id", "bench");
  set(conf, "linger.ms", arg("linger_ms", "5"));
  set(conf, "batch.size", arg("batch_bytes", "16384"));
  set(conf, "batch.num.messages", "100000");
  set(conf, "queue.buffering.max.messages", "100000");
  set(conf, "message.max.bytes", "2000000");
  set(conf, "acks", arg("acks", "all"));
  set(conf, "compression.type", arg("compression", "none"));
  set(conf, "partitioner", "murmur2_random");
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, problem, sizeof problem);
  if (producer == NULL) {
    fprintf(stderr, "%s\n", problem);
    return 2;
  }
  topic = rd_kafka_topic_new(producer, arg("topic", "bench"), NULL);
  has_keys = atoi(arg("keys", "1"));
  long records = atol(arg("records", "1000000"));
  int is_latency = !strcmp(mode, "latency");
  double *us = calloc(records, sizeof *us);
  if (is_latency) latency(producer, records / 5 + 1, us);
  else flow(producer, records / 5 + 1);
  usleep(50000);
  double cpu_before = cpu(), start = now();
  if (is_latency) latency(producer, records, us);
  else flow(producer, records);
  double seconds = now() - start, cpu_seconds = cpu() - cpu_before;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("{\"records\":%ld,\"seconds\":%f,\"cpuSeconds\":%f,\"rssMiB\":%f", records, seconds, cpu_seconds,
         used.ru_maxrss / 1024.0);
  if (is_latency) {
    qsort(us, records, sizeof *us, by_size);
    printf(",\"latencyUs\":{\"p50\":%f,\"p99\":%f}", us[(records - 1) / 2], us[(records - 1) * 99 / 100]);
  }
  printf("}\n");
  fflush(stdout);
  _exit(0);
}
