/* leak-test N: N transactions of every kind; resident memory and handles after the second half as after the first. */
#include <unistd.h>

#include "check.h"
#include "coraza/coraza.h"

static const char *rules =
    "SecRuleEngine On\nSecRequestBodyAccess On\nSecResponseBodyAccess On\nSecResponseBodyMimeType text/html\n"
    "SecRequestBodyLimit 60000\n"
    "SecRule REQUEST_HEADERS:X-Attack \"@streq 1\" \"id:1,phase:1,deny,status:403,log,msg:'one'\"\n"
    "SecRule ARGS \"@rx evil\" \"id:2,phase:2,deny,status:403,log\"\n"
    "SecRule RESPONSE_BODY \"@contains secret\" \"id:4,phase:4,deny,status:503,log\"\n";

static long lines;

static void on_error(void *context, coraza_matched_rule_t rule)
{
    char *line = coraza_matched_rule_get_error_log(rule);
    lines += line != NULL;
    coraza_free_string(line);
}

static void transaction(coraza_waf_t waf, int n)
{
    char uri[64], body[128];
    static unsigned char large[70000];
    coraza_transaction_t tx = n % 2 ? coraza_new_transaction(waf) : coraza_new_transaction_with_id(waf, "id");
    snprintf(uri, sizeof uri, "/path/%d?n=%d", n, n);
    coraza_process_connection(tx, "192.0.2.1", 1, "192.0.2.2", 80);
    coraza_process_uri(tx, uri, "POST", "HTTP/1.1");
    coraza_add_request_header(tx, "Host", 4, "a", 1);
    coraza_add_request_header(tx, "Content-Type", 12, "application/x-www-form-urlencoded", 33);
    if (n % 5 == 0) coraza_add_request_header(tx, "X-Attack", 8, "1", 1);
    if (n % 13 == 0) {
        /* given up before the first phase */
        coraza_free_transaction(tx);
        return;
    }
    coraza_process_request_headers(tx);
    int length = snprintf(body, sizeof body, "a=%d&b=%s", n, n % 7 == 0 ? "evil" : "good");
    coraza_append_request_body(tx, (unsigned char *) body, length);
    if (n % 50 == 0) coraza_append_request_body(tx, large, sizeof large);
    coraza_process_request_body(tx);
    coraza_add_response_header(tx, "Content-Type", 12, "text/html", 9);
    coraza_process_response_headers(tx, 200, "HTTP/1.1");
    coraza_append_response_body(tx, (unsigned char *) "<p>some page</p>", 16);
    coraza_process_response_body(tx);
    coraza_intervention_t *intervention = coraza_intervention(tx);
    if (intervention != NULL) coraza_free_intervention(intervention);
    if (n % 11 != 0) coraza_process_logging(tx);
    coraza_free_transaction(tx);
}

static long resident_kb(void)
{
    long pages = 0, ignored;
    FILE *file = fopen("/proc/self/statm", "r");
    if (fscanf(file, "%ld %ld", &ignored, &pages) != 2) pages = 0;
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[1]) : 100000;
    char *err = NULL;
    coraza_waf_config_t config = coraza_new_waf_config();
    coraza_rules_add(config, (char *) rules);
    coraza_add_error_callback(config, on_error, NULL);
    coraza_waf_t waf = coraza_new_waf(config, &err);
    coraza_free_waf_config(config);
    CHECK(waf != 0);
    long half = 0;
    for (int n = 1; n <= count; n++) {
        transaction(waf, n);
        if (n == count / 2) half = resident_kb();
    }
    long end = resident_kb();
    CHECK(lines > 0);
    printf("resident after %d: %ld KB, after %d: %ld KB\n", count / 2, half, count, end);
    /* The young generation may still grow by a step. */
    CHECK(end - half < 8192);
    coraza_free_waf(waf);
    printf("resident %ld and %ld KB; %d passed, %d failed\n", half, end, passed, failed);
    return failed != 0;
}
