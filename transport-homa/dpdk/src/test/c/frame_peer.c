/*
 * One end of a pair of processes that exchange Ethernet frames through DPDK: what plain C does with the same devices,
 * as the measure for the Java one (JavaPeer) of the same shape. Every loop ends by the clock.
 *
 * frame_peer EAL-ARGUMENTS -- ping COUNT SIZE WARMUP | echo IDLE-SECONDS | send SIZE SECONDS | receive SECONDS
 *
 * Prints "ready" when the port runs and one line of JSON at the end. SIZE is that of the frame with its header.
 * cpuShare is the CPU time of the process over the time measured: less than 1 when others took the CPU away.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#define BURST 32
#define POOL_MBUFS 8192
#define POOL_CACHE 256
#define DESCRIPTORS 1024
#define HEADER 14
#define PREFETCH 4
#define CLOCK_EVERY 64          /* polls between two looks at the clock */

#define MS INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define PEER_WAIT (20 * SECOND) /* for the peer to come */
#define RESEND (10 * MS)        /* in the warm-up, where frames may be lost while the peer comes */
#define LOST (1 * SECOND)       /* a frame not back by then makes the run invalid */
#define SILENCE (800 * MS)      /* the sender is taken to have ended */
#define OFF_CPU (20 * MS)       /* between two looks at the clock: the thread did not run, so it could not hear */
#define DRAIN_US (500 * 1000)   /* for the peer to take what is in the ring */
#define LONGEST (120 * SECOND)

/* Destination, source, and the type for local experiments (0x88b5), as two words and a half. */
static const uint8_t header[HEADER] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5};

static uint16_t port;
static struct rte_mempool *pool;

static __rte_always_inline int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static __rte_noreturn void die(const char *what, int error)
{
    fprintf(stderr, "frame_peer: %s%s%s\n", what, error ? ": " : "", error ? strerror(abs(error)) : "");
    exit(1);
}

static __rte_always_inline void fill(struct rte_mbuf *m, uint16_t size)
{
    m->data_len = size;
    m->pkt_len = size;
    memcpy(rte_pktmbuf_mtod(m, void *), header, HEADER);
}

/* Whether the frame is one of ours; reads its first cache line. */
static __rte_always_inline bool ours(const struct rte_mbuf *m)
{
    uint16_t type, expected;
    memcpy(&type, rte_pktmbuf_mtod_offset(m, const uint8_t *, 12), sizeof(type));
    memcpy(&expected, header + 12, sizeof(expected));
    return type == expected;
}

static void open_port(void)
{
    struct rte_eth_dev_info info;
    struct rte_eth_conf conf;
    int r;

    if (rte_eth_dev_count_avail() != 1)
        die("exactly one port is needed (--vdev=...)", 0);
    port = (uint16_t)rte_eth_find_next(0);
    pool = rte_pktmbuf_pool_create("frames", POOL_MBUFS, POOL_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool == NULL)
        die("rte_pktmbuf_pool_create", rte_errno);
    if ((r = rte_eth_dev_info_get(port, &info)) != 0)
        die("rte_eth_dev_info_get", r);
    memset(&conf, 0, sizeof(conf));
    conf.rxmode.mtu = RTE_ETHER_MTU;
    if ((r = rte_eth_dev_configure(port, 1, 1, &conf)) != 0)
        die("rte_eth_dev_configure", r);
    uint16_t rxd = DESCRIPTORS, txd = DESCRIPTORS;
    if ((r = rte_eth_dev_adjust_nb_rx_tx_desc(port, &rxd, &txd)) != 0)
        die("rte_eth_dev_adjust_nb_rx_tx_desc", r);
    if ((r = rte_eth_rx_queue_setup(port, 0, rxd, SOCKET_ID_ANY, NULL, pool)) != 0)
        die("rte_eth_rx_queue_setup", r);
    if ((r = rte_eth_tx_queue_setup(port, 0, txd, SOCKET_ID_ANY, NULL)) != 0)
        die("rte_eth_tx_queue_setup", r);
    if ((r = rte_eth_dev_start(port)) != 0)
        die("rte_eth_dev_start", r);
    printf("ready\n");
    fflush(stdout);
}

static void await_link(void)
{
    int64_t deadline = now_ns() + PEER_WAIT;
    struct rte_eth_link link;
    for (;;) {
        memset(&link, 0, sizeof(link));
        if (rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == RTE_ETH_LINK_UP)
            return;
        if (now_ns() > deadline)
            die("no peer came within 20 s", 0);
        usleep(1000);
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* One frame there and back; when it came, or -1 after the time given. */
static __rte_always_inline int64_t round_trip(uint16_t size, int64_t start, int64_t patience)
{
    struct rte_mbuf *burst[BURST];
    struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
    if (unlikely(m == NULL))
        die("pool is empty", 0);
    fill(m, size);
    for (unsigned polls = 1; rte_eth_tx_burst(port, 0, &m, 1) == 0; polls++) {
        if (polls % CLOCK_EVERY == 0 && now_ns() - start > patience) {
            rte_pktmbuf_free(m);
            return -1;
        }
    }
    for (unsigned polls = 1;; polls++) {
        uint16_t n = rte_eth_rx_burst(port, 0, burst, BURST);
        bool came = false;
        for (uint16_t i = 0; i < n; i++) {
            came |= ours(burst[i]) && burst[i]->pkt_len == size;
            rte_pktmbuf_free(burst[i]);
        }
        if (likely(came))
            return now_ns();
        if (polls % CLOCK_EVERY == 0 && now_ns() - start > patience)
            return -1;
    }
}

static void drain(int64_t silence)
{
    struct rte_mbuf *burst[BURST];
    int64_t start = now_ns(), last = start;
    for (int64_t t = start; t - last < silence && t - start < LONGEST; t = now_ns()) {
        uint16_t n = rte_eth_rx_burst(port, 0, burst, BURST);
        if (n > 0) {
            rte_pktmbuf_free_bulk(burst, n);
            last = t;
        }
    }
}

static void ping(uint64_t count, uint16_t size, uint64_t warmup)
{
    uint64_t *took = calloc(count, sizeof(*took));
    uint64_t sum = 0;
    if (took == NULL)
        die("calloc", ENOMEM);
    await_link();
    int64_t deadline = now_ns() + PEER_WAIT;
    for (uint64_t done = 0; done < warmup;) {
        int64_t start = now_ns();
        if (round_trip(size, start, RESEND) >= 0)
            done++;
        else if (start > deadline)
            die("the peer returned too few frames within 20 s", 0);
    }
    drain(5 * MS);
    int64_t cpu = cpu_ns(), begin = now_ns(), before = begin;
    for (uint64_t i = 0; i < count; i++) {
        int64_t after = round_trip(size, before, LOST);
        if (unlikely(after < 0))
            die("a frame did not come back within 1 s", 0);
        if (unlikely(after - begin > LONGEST))
            die("took more than 120 s", 0);
        took[i] = (uint64_t)(after - before);
        sum += took[i];
        before = after;
    }
    double share = (double)(cpu_ns() - cpu) / (double)(before - begin);
    qsort(took, count, sizeof(*took), compare);
    printf("{\"mode\":\"ping\",\"frames\":%" PRIu64 ",\"size\":%u,\"p50Ns\":%" PRIu64 ",\"p99Ns\":%" PRIu64
           ",\"p999Ns\":%" PRIu64 ",\"meanNs\":%.1f,\"cpuShare\":%.3f}\n", count, size, took[count / 2],
           took[(uint64_t)((double)count * 0.99)], took[(uint64_t)((double)count * 0.999)], (double)sum / (double)count,
           share);
    free(took);
}

static void echo(int64_t idle)
{
    struct rte_mbuf *burst[BURST];
    uint64_t frames = 0, dropped = 0;
    int64_t cpu = cpu_ns(), start = now_ns(), last = start, looked = start;
    bool heard = false;
    for (unsigned polls = 1;; polls++) {
        uint16_t n = rte_eth_rx_burst(port, 0, burst, BURST);
        if (n > 0) {
            uint16_t out = 0;
            for (uint16_t i = 0; i < n; i++) {
                if (likely(ours(burst[i]))) {
                    memcpy(rte_pktmbuf_mtod(burst[i], void *), header, HEADER);
                    burst[out++] = burst[i];
                } else {
                    rte_pktmbuf_free(burst[i]);
                }
            }
            uint16_t sent = 0;
            for (unsigned tries = 0; sent < out && tries < 1000; tries++)
                sent += rte_eth_tx_burst(port, 0, burst + sent, out - sent);
            if (unlikely(sent < out)) {
                rte_pktmbuf_free_bulk(burst + sent, out - sent);
                dropped += out - sent;
            }
            frames += sent;
            heard = true;
        }
        if (polls % CLOCK_EVERY == 0) {
            int64_t t = now_ns();
            if (heard || t - looked > OFF_CPU) {
                last = t;
                heard = false;
            } else if (t - last > (frames == 0 ? PEER_WAIT : idle)) {
                break;
            }
            if (t - start > LONGEST)
                break;
            looked = t;
        }
    }
    printf("{\"mode\":\"echo\",\"frames\":%" PRIu64 ",\"dropped\":%" PRIu64 ",\"cpuShare\":%.3f}\n", frames,
           dropped, (double)(cpu_ns() - cpu) / (double)(now_ns() - start));
}

static void send_flood(uint16_t size, int64_t duration)
{
    struct rte_mbuf *burst[BURST];
    uint64_t frames = 0, full = 0, empty = 0;
    await_link();
    int64_t cpu = cpu_ns(), start = now_ns(), t = start;
    unsigned polls = 0;
    while (t - start < duration) {
        if (unlikely(rte_pktmbuf_alloc_bulk(pool, burst, BURST) != 0)) {
            empty++;
            t = now_ns();
            continue;
        }
        for (uint16_t i = 0; i < BURST; i++)
            fill(burst[i], size);
        uint16_t sent = 0;
        do {
            uint16_t n = rte_eth_tx_burst(port, 0, burst + sent, BURST - sent);
            sent += n;
            full += n == 0;
            if (++polls % CLOCK_EVERY == 0)
                t = now_ns();
        } while (sent < BURST && t - start < duration);
        if (sent < BURST)
            rte_pktmbuf_free_bulk(burst + sent, BURST - sent);
        frames += sent;
    }
    double seconds = (double)(t - start) / 1e9;
    double share = (double)(cpu_ns() - cpu) / (double)(now_ns() - start);
    printf("{\"mode\":\"send\",\"frames\":%" PRIu64 ",\"size\":%u,\"pps\":%.0f,\"ringFull\":%" PRIu64
           ",\"poolEmpty\":%" PRIu64 ",\"cpuShare\":%.3f}\n", frames, size, (double)frames / seconds, full, empty,
           share);
    fflush(stdout);
    usleep(DRAIN_US);
}

static void receive(int64_t duration)
{
    struct rte_mbuf *burst[BURST];
    uint64_t frames = 0, bytes = 0, foreign = 0;
    uint64_t frames_before = 0, bytes_before = 0, frames_after = 0, bytes_after = 0;
    int64_t t = now_ns(), start = 0, last = t, begin = 0, end = 0;
    int64_t created = t, looked = t, cpu = 0;
    double share = 0;
    bool heard = false;
    for (unsigned polls = 1;; polls++) {
        uint16_t n = rte_eth_rx_burst(port, 0, burst, BURST);
        if (n > 0) {
            for (uint16_t i = 0; i < PREFETCH && i < n; i++)
                rte_prefetch0(rte_pktmbuf_mtod(burst[i], void *));
            for (uint16_t i = 0; i < n; i++) {
                if (i + PREFETCH < n)
                    rte_prefetch0(rte_pktmbuf_mtod(burst[i + PREFETCH], void *));
                if (unlikely(!ours(burst[i])))
                    foreign++;
                bytes += burst[i]->pkt_len;
            }
            rte_pktmbuf_free_bulk(burst, n);
            frames += n;
            heard = true;
        }
        if (polls % CLOCK_EVERY == 0) {
            t = now_ns();
            if (heard && start == 0)
                start = t;
            if (heard || t - looked > OFF_CPU) {
                last = t;
                heard = false;
            }
            looked = t;
            if (begin == 0 && start != 0 && t - start >= duration / 4) {
                begin = t;
                cpu = cpu_ns();
                frames_before = frames;
                bytes_before = bytes;
            } else if (end == 0 && begin != 0 && t - start >= duration * 3 / 4) {
                end = t;
                share = (double)(cpu_ns() - cpu) / (double)(end - begin);
                frames_after = frames;
                bytes_after = bytes;
            }
            if (start == 0 ? t - created > PEER_WAIT : t - last > SILENCE || t - start > LONGEST)
                break;
        }
    }
    if (end == 0)
        die("the flood did not last long enough", 0);
    double seconds = (double)(end - begin) / 1e9;
    printf("{\"mode\":\"receive\",\"frames\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"foreign\":%" PRIu64
           ",\"pps\":%.0f,\"mbitPerSecond\":%.1f,\"cpuShare\":%.3f}\n", frames, bytes, foreign,
           (double)(frames_after - frames_before) / seconds,
           (double)(bytes_after - bytes_before) * 8 / seconds / 1e6, share);
}

static uint64_t number(const char *text, const char *what, uint64_t min, uint64_t max)
{
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 10);
    if (errno != 0 || *end != 0 || end == text || value < min || value > max) {
        fprintf(stderr, "frame_peer: %s must be %" PRIu64 " to %" PRIu64 ", is %s\n", what, min, max, text);
        exit(2);
    }
    return value;
}

static uint16_t size_of(const char *text)
{
    return (uint16_t)number(text, "SIZE", 60, RTE_ETHER_MTU + HEADER);
}

static int64_t seconds_of(const char *text)
{
    return (int64_t)number(text, "SECONDS", 1, 100) * SECOND;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error of the driver's, not the end */
    int used = rte_eal_init(argc, argv);
    if (used < 0)
        die("rte_eal_init", rte_errno);
    argc -= used;
    argv += used;
    const char *mode = argc > 1 ? argv[1] : "";
    bool is_ping = strcmp(mode, "ping") == 0 && argc == 5;
    bool is_echo = strcmp(mode, "echo") == 0 && argc == 3;
    bool is_send = strcmp(mode, "send") == 0 && argc == 4;
    bool is_receive = strcmp(mode, "receive") == 0 && argc == 3;
    if (!is_ping && !is_echo && !is_send && !is_receive) {
        fprintf(stderr, "frame_peer EAL-ARGUMENTS -- ping COUNT SIZE WARMUP | echo IDLE-SECONDS"
                " | send SIZE SECONDS | receive SECONDS\n");
        return 2;
    }
    open_port();
    if (is_ping)
        ping(number(argv[2], "COUNT", 1, 100000000), size_of(argv[3]), number(argv[4], "WARMUP", 1, 100000000));
    else if (is_echo)
        echo(seconds_of(argv[2]));
    else if (is_send)
        send_flood(size_of(argv[2]), seconds_of(argv[3]));
    else
        receive(seconds_of(argv[2]));
    fflush(stdout);
    rte_eth_dev_stop(port);
    rte_eth_dev_close(port);
    rte_eal_cleanup();
    return 0;
}
