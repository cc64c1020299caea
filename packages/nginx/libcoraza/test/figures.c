/*
 * figures [RULES|-] [TRANSACTIONS]: what a worker pays, as JSON: CPU of a cold start and of one from a snapshot, private memory,
 * snapshot size, CPU per transaction (a browser's GET with a page of 10 KB), and of the same calls without any rule. With
 * "-" only the last.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "coraza/coraza.h"
#include "coraza/cuirass.h"

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static coraza_waf_t load(const char *path)
{
    char *err = NULL;
    coraza_waf_config_t config = coraza_new_waf_config();
    if (path != NULL) coraza_rules_add_file(config, (char *) path);
    coraza_waf_t waf = coraza_new_waf(config, &err);
    if (waf == 0) {
        fprintf(stderr, "%s\n", err);
        exit(1);
    }
    coraza_free_waf_config(config);
    return waf;
}

static double private_mb(void)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    double total = 0, kb;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "Private_Clean: %lf", &kb) == 1 || sscanf(line, "Private_Dirty: %lf", &kb) == 1) total += kb;
    if (file != NULL) fclose(file);
    return total / 1024;
}

static char page[10241];

/* Made before the clock runs; so many that no cache of texts holds them all. */
#define COOKIES 9973
static char cookies[COOKIES][1024];

static void make_cookies(void)
{
    for (int n = 0; n < COOKIES; n++) {
        int length = snprintf(cookies[n], sizeof cookies[n], "session=%08x%08x; theme=dark; consent=id%%3D%d; data=",
                              n * 2654435761u, n, n);
        while (length < 900)
            length += snprintf(cookies[n] + length, sizeof cookies[n] - (size_t) length, "a%db", n + length);
    }
}

static void header(coraza_transaction_t tx, const char *name, const char *value)
{
    coraza_add_request_header(tx, (char *) name, (int) strlen(name), (char *) value, (int) strlen(value));
}

static void transaction(coraza_waf_t waf, int n)
{
    char uri[128];
    const char *cookie = cookies[n % COOKIES];
    snprintf(uri, sizeof uri, "/articles/%d?page=%d&sort=price&q=garden+chairs", n, n % 100);
    coraza_transaction_t tx = coraza_new_transaction(waf);
    coraza_process_connection(tx, "192.0.2.1", 1024 + n % 60000, "192.0.2.2", 80);
    coraza_process_uri(tx, uri, "GET", "HTTP/1.1");
    header(tx, "Host", "www.example.com");
    header(tx, "Connection", "keep-alive");
    header(tx, "sec-ch-ua", "\"Not)A;Brand\";v=\"8\", \"Chromium\";v=\"138\", \"Google Chrome\";v=\"138\"");
    header(tx, "sec-ch-ua-mobile", "?0");
    header(tx, "sec-ch-ua-platform", "\"Linux\"");
    header(tx, "Upgrade-Insecure-Requests", "1");
    header(tx, "User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36");
    header(tx, "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8");
    header(tx, "Sec-Fetch-Site", "same-origin");
    header(tx, "Sec-Fetch-Mode", "navigate");
    header(tx, "Sec-Fetch-User", "?1");
    header(tx, "Sec-Fetch-Dest", "document");
    header(tx, "Referer", "https://www.example.com/articles");
    header(tx, "Accept-Encoding", "gzip, deflate, br");
    header(tx, "Accept-Language", "en-GB,en-US;q=0.9,en;q=0.8");
    header(tx, "Cookie", cookie);
    int blocked = coraza_process_request_headers(tx) != 0;
    coraza_is_request_body_accessible(tx);
    blocked |= coraza_process_request_body(tx) != 0;
    coraza_add_response_header(tx, "Content-Type", 12, "text/html", 9);
    coraza_add_response_header(tx, "Server", 6, "nginx", 5);
    blocked |= coraza_process_response_headers(tx, 200, "HTTP/1.1") != 0;
    if (coraza_is_response_body_processable(tx)) coraza_append_response_body(tx, (unsigned char *) page, sizeof page - 1);
    blocked |= coraza_process_response_body(tx) != 0;
    coraza_process_logging(tx);
    coraza_free_transaction(tx);
    if (blocked) {
        fprintf(stderr, "a benign transaction was blocked\n");
        exit(1);
    }
}

static void *mapped;
static size_t mapped_length;

static void measure(const char *name, const char *rules, int count)
{
    double before = cpu_ms();
    coraza_waf_t waf = load(rules);
    double started = cpu_ms();
    /* As the module does. */
    if (mapped != NULL) madvise(mapped, mapped_length, MADV_DONTNEED);
    double memory = private_mb();
    transaction(waf, 0);
    double first = cpu_ms();
    for (int i = 1; i < 1000; i++) transaction(waf, i);
    double warm = cpu_ms();
    for (int i = 0; i < count; i++) transaction(waf, 1000 + i);
    double end = cpu_ms();
    printf("\"%s\":{\"startMs\":%.1f,\"privateMbAtStart\":%.1f,\"firstMs\":%.2f,\"first1000Ms\":%.0f,\"usPerTransaction\":%.1f,\"privateMb\":%.1f}",
           name, started - before, memory, first - started, warm - started, (end - warm) * 1000 / count, private_mb());
    fflush(stdout);
}

static void in_child(void (*work)(void *), void *argument)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        work(argument);
        fflush(stdout);
        _exit(0);
    }
    int state;
    waitpid(child, &state, 0);
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0) exit(1);
}

static const char *rules;
static int transactions = 20000;
static int snapshot;

static void cold(void *argument) { (void) argument; measure("cold", rules, transactions); }
static void empty(void *argument) { (void) argument; measure("noRules", NULL, transactions); }

static void record(void *argument)
{
    (void) argument;
    char *err = NULL;
    double before = cpu_ms();
    cuirass_snapshot_begin();
    load(rules);
    double compiled = cpu_ms();
    if (cuirass_snapshot_write(snapshot, &err) != 0) {
        fprintf(stderr, "%s\n", err);
        _exit(1);
    }
    printf("\"recordMs\":%.0f,\"compileMs\":%.0f", cpu_ms() - before, compiled - before);
}

static void from_snapshot(void *argument)
{
    (void) argument;
    char *err = NULL;
    off_t length = lseek(snapshot, 0, SEEK_END);
    void *bytes = mmap(NULL, (size_t) length, PROT_READ, MAP_PRIVATE, snapshot, 0);
    if (cuirass_snapshot_use(bytes, (size_t) length, &err) != 0) {
        fprintf(stderr, "%s\n", err);
        _exit(1);
    }
    printf("\"snapshotMb\":%.1f,", (double) length / 1048576);
    mapped = bytes;
    mapped_length = (size_t) length;
    measure("snapshot", rules, transactions);
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    rules = argv[1];
    if (argc > 2) transactions = atoi(argv[2]);
    const char *word = "<p>A paragraph of ordinary text about garden chairs, tables and 3 lamps.</p>\n";
    for (size_t i = 0; i < sizeof page - 1; i++) page[i] = word[i % strlen(word)];
    make_cookies();
    snapshot = memfd_create("snapshot", MFD_CLOEXEC);
    printf("{");
    if (strcmp(rules, "-") == 0) {
        in_child(empty, NULL);
        printf("}\n");
        return 0;
    }
    in_child(cold, NULL);
    printf(",");
    in_child(record, NULL);
    printf(",");
    in_child(from_snapshot, NULL);
    printf(",");
    in_child(empty, NULL);
    printf("}\n");
    return 0;
}
