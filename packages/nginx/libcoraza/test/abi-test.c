/* Every symbol of coraza.h, as a connector uses it. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "coraza/coraza.h"
#include "coraza/cuirass.h"

static const char *rules =
    "SecRuleEngine On\n"
    "SecRequestBodyAccess On\n"
    "SecRequestBodyLimit 100000\n"
    "SecResponseBodyAccess On\n"
    "SecResponseBodyMimeType text/html\n"
    "SecResponseBodyLimit 100000\n"
    "SecResponseBodyLimitAction Reject\n"
    "SecRule REQUEST_HEADERS:X-Attack \"@streq 1\" \"id:1,phase:1,deny,status:403,log,msg:'phase one',severity:CRITICAL\"\n"
    "SecRule ARGS:p \"@streq attack\" \"id:2,phase:2,deny,status:406,log\"\n"
    "SecRule RESPONSE_HEADERS:X-Leak \"@streq 1\" \"id:3,phase:3,deny,status:502,log\"\n"
    "SecRule RESPONSE_BODY \"@contains secret\" \"id:4,phase:4,deny,status:503,log\"\n"
    "SecRule ARGS:to \"@streq away\" \"id:5,phase:1,redirect:https://example.com/x,status:302,log\"\n"
    "SecRule ARGS:gone \"@streq 1\" \"id:6,phase:1,drop,log\"\n"
    "SecRule ARGS:ok \"@streq 1\" \"id:7,phase:1,deny,status:200,log\"\n"
    "SecRule ARGS:extra \"@streq 1\" \"id:8,phase:1,deny,status:409,log\"\n"
    "SecRule REMOTE_ADDR \"@streq 192.0.2.66\" \"id:9,phase:1,deny,status:423,log\"\n"
    "SecRule FILES_NAMES|ARGS \"@contains needle\" \"id:10,phase:2,deny,status:418,log\"\n";

static int matches, last_severity, debug_lines;
static char last_line[4096];

static void on_error(void *context, coraza_matched_rule_t rule)
{
    CHECK(context == &matches);
    matches++;
    last_severity = (int) coraza_matched_rule_get_severity(rule);
    char *line = coraza_matched_rule_get_error_log(rule);
    snprintf(last_line, sizeof last_line, "%s", line);
    coraza_free_string(line);
}

static void on_debug(void *context, coraza_debug_log_level_t level, const char *message, const char *fields)
{
    CHECK(context == &debug_lines && level >= CORAZA_DEBUG_LOG_LEVEL_TRACE && level <= CORAZA_DEBUG_LOG_LEVEL_ERROR);
    CHECK(message != NULL && fields != NULL);
    debug_lines++;
}

static coraza_waf_t new_waf(const char *text)
{
    coraza_waf_config_t config = coraza_new_waf_config();
    CHECK(config != 0);
    CHECK(coraza_rules_add(config, (char *) text) >= 0);
    CHECK(coraza_add_error_callback(config, on_error, &matches) >= 0);
    CHECK(coraza_add_debug_log_callback(config, on_debug, &debug_lines) >= 0);
    char *err = NULL;
    coraza_waf_t waf = coraza_new_waf(config, &err);
    if (waf == 0) printf("new_waf: %s\n", err);
    CHECK(waf != 0 && err == NULL);
    coraza_free_waf_config(config);
    return waf;
}

static void start(coraza_transaction_t tx, const char *uri, const char *method)
{
    CHECK(coraza_process_connection(tx, "192.0.2.1", 1234, "192.0.2.2", 80) == 0);
    CHECK(coraza_process_uri(tx, (char *) uri, (char *) method, "HTTP/1.1") == 0);
    CHECK(coraza_add_request_header(tx, "Host", 4, "example.com", 11) == 0);
}

static int status_of(coraza_transaction_t tx)
{
    coraza_intervention_t *intervention = coraza_intervention(tx);
    if (intervention == NULL) return 0;
    int status = intervention->status;
    CHECK(intervention->action != NULL && intervention->data != NULL && intervention->disruptive == 1);
    CHECK(coraza_free_intervention(intervention) == 0);
    return status;
}

static void end(coraza_transaction_t tx)
{
    CHECK(coraza_process_logging(tx) >= 0);
    CHECK(coraza_free_transaction(tx) == 0);
}

/* Phase 1 on a URI; the status, 0 for none. */
static int get(coraza_waf_t waf, const char *uri)
{
    coraza_transaction_t tx = coraza_new_transaction(waf);
    CHECK(tx != 0);
    start(tx, uri, "GET");
    int answer = coraza_process_request_headers(tx);
    int status = status_of(tx);
    CHECK(answer == (status == 0 ? CORAZA_OK : CORAZA_INTERRUPTION));
    end(tx);
    return status;
}

static void test_phases(coraza_waf_t waf)
{
    coraza_transaction_t tx = coraza_new_transaction_with_id(waf, "my-id-1");
    start(tx, "/?a=1", "GET");
    CHECK(coraza_add_request_header(tx, "X-Attack", 8, "1", 1) == 0);
    matches = 0;
    CHECK(coraza_process_request_headers(tx) == CORAZA_INTERRUPTION);
    CHECK(matches == 1 && last_severity == CORAZA_SEVERITY_CRITICAL);
    CHECK(strstr(last_line, "[id \"1\"]") && strstr(last_line, "[unique_id \"my-id-1\"]"));
    coraza_intervention_t *first = coraza_intervention(tx);
    coraza_intervention_t *again = coraza_intervention(tx);
    CHECK(first && again && first->status == 403 && again->status == 403 && first->rule_id == 1);
    CHECK(strcmp(first->action, "deny") == 0 && strcmp(first->data, "") == 0);
    coraza_free_intervention(first);
    coraza_free_intervention(again);
    CHECK(coraza_process_logging(tx) >= 0);
    /* A connector that goes on with the error page gets no new decision and no fault. */
    CHECK(coraza_process_response_headers(tx, 403, "HTTP/1.1") == CORAZA_INTERRUPTION);
    CHECK(coraza_is_response_body_processable(tx) == 0);
    CHECK(coraza_process_response_body(tx) == CORAZA_INTERRUPTION);
    coraza_free_transaction(tx);

    tx = coraza_new_transaction(waf);
    start(tx, "/", "POST");
    char *type = "application/x-www-form-urlencoded";
    coraza_add_request_header(tx, "Content-Type", 12, type, (int) strlen(type));
    CHECK(coraza_process_request_headers(tx) == CORAZA_OK);
    CHECK(coraza_intervention(tx) == NULL);
    CHECK(coraza_is_request_body_accessible(tx) == 1);
    CHECK(coraza_append_request_body(tx, (unsigned char *) "p=att", 5) == 0);
    CHECK(coraza_append_request_body(tx, (unsigned char *) "ack", 3) == 0);
    CHECK(coraza_process_request_body(tx) == CORAZA_INTERRUPTION);
    CHECK(status_of(tx) == 406);
    end(tx);

    tx = coraza_new_transaction(waf);
    start(tx, "/", "GET");
    CHECK(coraza_process_request_headers(tx) == CORAZA_OK);
    CHECK(coraza_process_request_body(tx) == CORAZA_OK);
    CHECK(coraza_add_response_header(tx, "X-Leak", 6, "1", 1) == 0);
    CHECK(coraza_process_response_headers(tx, 200, "HTTP/1.1") == CORAZA_INTERRUPTION);
    CHECK(status_of(tx) == 502);
    end(tx);

    tx = coraza_new_transaction(waf);
    start(tx, "/", "GET");
    CHECK(coraza_process_request_headers(tx) == CORAZA_OK);
    CHECK(coraza_add_response_header(tx, "Content-Type", 12, "text/html", 9) == 0);
    CHECK(coraza_process_response_headers(tx, 200, "HTTP/1.1") == CORAZA_OK);
    CHECK(coraza_is_response_body_processable(tx) == 1);
    CHECK(coraza_append_response_body(tx, (unsigned char *) "a sec", 5) == 0);
    CHECK(coraza_append_response_body(tx, (unsigned char *) "ret", 3) == 0);
    char *expanded = cuirass_expand(tx, "%{RESPONSE_STATUS}-%{unique_id}");
    CHECK(expanded != NULL && strncmp(expanded, "200-", 4) == 0 && strlen(expanded) == 24);
    coraza_free_string(expanded);
    CHECK(coraza_process_response_body(tx) == CORAZA_INTERRUPTION);
    CHECK(status_of(tx) == 503);
    CHECK(coraza_update_status_code(tx, 503) == 0);
    end(tx);

    tx = coraza_new_transaction(waf);
    start(tx, "/", "GET");
    CHECK(coraza_process_request_headers(tx) == CORAZA_OK);
    CHECK(coraza_add_response_header(tx, "Content-Type", 12, "image/png", 9) == 0);
    CHECK(coraza_process_response_headers(tx, 200, "HTTP/2.0") == CORAZA_OK);
    CHECK(coraza_is_response_body_processable(tx) == 0);
    CHECK(coraza_append_response_body(tx, (unsigned char *) "secret", 6) == 0);
    CHECK(coraza_process_response_body(tx) == CORAZA_OK);
    end(tx);
}

static void test_answers(coraza_waf_t waf)
{
    CHECK(get(waf, "/plain") == 0);
    CHECK(get(waf, "/?gone=1") == 403);
    CHECK(get(waf, "/?ok=1") == 403);
    CHECK(get(waf, "/\xff\xfe?x=\xc3\xa9") == 0);
    coraza_transaction_t tx = coraza_new_transaction(waf);
    start(tx, "/?to=away", "GET");
    CHECK(coraza_process_request_headers(tx) == CORAZA_INTERRUPTION);
    coraza_intervention_t *intervention = coraza_intervention(tx);
    CHECK(intervention->status == 302 && strcmp(intervention->data, "https://example.com/x") == 0);
    CHECK(strcmp(intervention->action, "redirect") == 0 && intervention->rule_id == 5);
    coraza_free_intervention(intervention);
    end(tx);

    tx = coraza_new_transaction(waf);
    start(tx, "/", "GET");
    CHECK(coraza_add_get_args(tx, "extra", "1") == 0);
    CHECK(coraza_process_request_headers(tx) == CORAZA_INTERRUPTION && status_of(tx) == 409);
    CHECK(coraza_add_request_header(tx, "Late", 4, "1", 1) < 0);
    end(tx);

    tx = coraza_new_transaction(waf);
    coraza_process_connection(tx, "192.0.2.66", 1, "192.0.2.2", 80);
    coraza_process_uri(tx, "/", "GET", "HTTP/2.0");
    CHECK(coraza_process_request_headers(tx) == CORAZA_INTERRUPTION && status_of(tx) == 423);
    end(tx);

    tx = coraza_new_transaction(waf);
    coraza_process_connection(tx, "unix", 0, "unix", 0);
    coraza_process_uri(tx, "/", "GET", "HTTP/1.1");
    CHECK(coraza_process_request_headers(tx) == CORAZA_OK);
    end(tx);
}

static void test_packed(coraza_waf_t waf)
{
    char good[] = "\0\4Host\0\0\0\1h\0\10X-Attack\0\0\0\1" "1";
    int length = (int) sizeof good - 1;
    coraza_transaction_t tx = coraza_new_transaction(waf);
    coraza_process_uri(tx, "/", "GET", "HTTP/1.1");
    CHECK(coraza_add_request_headers(tx, good, length - 1, 2) < 0);
    CHECK(coraza_add_request_headers(tx, good, length, 1) < 0);
    CHECK(coraza_add_request_headers(tx, good, length, 3) < 0);
    CHECK(coraza_add_request_headers(tx, good, length, -1) < 0);
    CHECK(coraza_add_request_headers(tx, good, -1, 2) < 0);
    CHECK(coraza_add_request_headers(tx, NULL, 0, 0) == 0);
    CHECK(coraza_add_request_headers(tx, good, length, 2) == 0);
    CHECK(coraza_process_request_headers(tx) == CORAZA_INTERRUPTION && status_of(tx) == 403);
    end(tx);
    char leak[] = "\0\6X-Leak\0\0\0\1" "1";
    tx = coraza_new_transaction(waf);
    start(tx, "/", "GET");
    CHECK(coraza_process_request_headers(tx) == CORAZA_OK);
    CHECK(coraza_add_response_headers(tx, leak, (int) sizeof leak - 1, 1) == 0);
    CHECK(coraza_process_response_headers(tx, 200, "HTTP/1.1") == CORAZA_INTERRUPTION && status_of(tx) == 502);
    end(tx);
}

static coraza_transaction_t form(coraza_waf_t waf)
{
    coraza_transaction_t tx = coraza_new_transaction(waf);
    start(tx, "/", "POST");
    char *type = "application/x-www-form-urlencoded";
    coraza_add_request_header(tx, "Content-Type", 12, type, (int) strlen(type));
    CHECK(coraza_process_request_headers(tx) == CORAZA_OK);
    return tx;
}

static void test_bodies(coraza_waf_t waf)
{
    char big[60000];
    memset(big, 'a', sizeof big);
    coraza_transaction_t tx = form(waf);
    CHECK(coraza_append_request_body(tx, (unsigned char *) big, sizeof big) == 0);
    CHECK(coraza_intervention(tx) == NULL);
    /* The limit acts while the body is appended. */
    CHECK(coraza_append_request_body(tx, (unsigned char *) big, sizeof big) == 0);
    CHECK(status_of(tx) == 413);
    end(tx);

    char path[] = "/tmp/cuirass-abi-XXXXXX";
    int descriptor = mkstemp(path);
    CHECK(write(descriptor, "q=1&p=attack", 12) == 12);
    tx = form(waf);
    CHECK(coraza_request_body_from_file(tx, path) == 0);
    CHECK(coraza_process_request_body(tx) == CORAZA_INTERRUPTION && status_of(tx) == 406);
    end(tx);
    tx = form(waf);
    CHECK(coraza_request_body_from_file(tx, "/nowhere/at/all") != 0);
    end(tx);
    close(descriptor);
    unlink(path);

    tx = coraza_new_transaction(waf);
    start(tx, "/", "GET");
    coraza_process_request_headers(tx);
    coraza_add_response_header(tx, "Content-Type", 12, "text/html", 9);
    coraza_process_response_headers(tx, 200, "HTTP/1.1");
    CHECK(coraza_append_response_body(tx, (unsigned char *) big, sizeof big) == 0);
    CHECK(coraza_append_response_body(tx, (unsigned char *) big, sizeof big) == 0);
    CHECK(status_of(tx) == 500);
    end(tx);

    /* A body of many pieces and megabytes. */
    coraza_waf_t large = new_waf("SecRequestBodyAccess On\nSecRequestBodyLimit 10000000\nSecRequestBodyInMemoryLimit 2000000\n"
                                 "SecRule REQUEST_BODY \"@endsWith needle\" \"id:1,phase:2,deny,status:418,log\"\n");
    tx = form(large);
    for (int i = 0; i < 100; i++) CHECK(coraza_append_request_body(tx, (unsigned char *) big, sizeof big) == 0);
    CHECK(coraza_append_request_body(tx, (unsigned char *) "needle", 6) == 0);
    CHECK(coraza_process_request_body(tx) == CORAZA_INTERRUPTION && status_of(tx) == 418);
    end(tx);
    coraza_free_waf(large);
}

static void test_configurations(void)
{
    char *err = NULL;
    coraza_waf_config_t config = coraza_new_waf_config();
    CHECK(coraza_rules_add(config, "SecRule ARGS \"@rx (\" \"id:1,phase:1,deny\"\nSecNonsense On\n") >= 0);
    CHECK(coraza_new_waf(config, &err) == 0);
    CHECK(err != NULL && strstr(err, "SecNonsense") && strstr(err, "2 errors"));
    coraza_free_string(err);
    coraza_free_waf_config(config);

    config = coraza_new_waf_config();
    CHECK(coraza_rules_add_file(config, "/nowhere/rules.conf") >= 0);
    CHECK(coraza_new_waf(config, &err) == 0 && strstr(err, "/nowhere/rules.conf"));
    coraza_free_string(err);
    coraza_free_waf_config(config);

    config = coraza_new_waf_config();
    coraza_waf_t empty = coraza_new_waf(config, &err);
    CHECK(empty != 0 && coraza_rules_count(empty) == 0);
    coraza_free_waf(empty);
    coraza_free_waf_config(config);

    config = coraza_new_waf_config();
    CHECK(coraza_rules_add(config, "Include @coraza.conf-recommended\nInclude @cuirass_rules/*.conf\n") >= 0);
    coraza_waf_t built_in = coraza_new_waf(config, &err);
    CHECK(built_in != 0 && coraza_rules_count(built_in) > 50);
    coraza_free_waf(built_in);
    coraza_free_waf_config(config);

    coraza_waf_t one = new_waf("SecRule ARGS:a \"@streq 1\" \"id:1,phase:1,deny,status:401\"\n");
    coraza_waf_t two = new_waf("SecRule ARGS:b \"@streq 1\" \"id:2,phase:1,deny,status:402\"\n");
    CHECK(get(one, "/?a=1") == 401 && get(one, "/?b=1") == 0);
    CHECK(coraza_rules_merge(one, two, &err) == 0 && err == NULL);
    CHECK(coraza_rules_count(one) == 2 && coraza_rules_count(two) == 1);
    CHECK(get(one, "/?a=1") == 401 && get(one, "/?b=1") == 402 && get(two, "/?a=1") == 0);
    /* The id is taken: nothing changes. */
    CHECK(coraza_rules_merge(one, two, &err) == -1 && err != NULL);
    coraza_free_string(err);
    CHECK(coraza_rules_count(one) == 2 && get(one, "/?b=1") == 402);
    coraza_free_waf(one);
    coraza_free_waf(two);

    char log[] = "/tmp/cuirass-audit-XXXXXX";
    close(mkstemp(log));
    char text[512];
    snprintf(text, sizeof text, "SecAuditEngine On\nSecAuditLog %s\nSecAuditLogFormat JSON\nSecDebugLog %s.debug\nSecDebugLogLevel 9\n"
             "SecAction \"id:1,phase:1,pass,log,auditlog,msg:'seen'\"\n", log, log);
    coraza_waf_t audited = new_waf(text);
    debug_lines = 0;
    CHECK(get(audited, "/audited") == 0);
    coraza_transaction_t tx = coraza_new_transaction(audited);
    start(tx, "/twice", "GET");
    CHECK(coraza_process_request_headers(tx) == CORAZA_OK);
    CHECK(coraza_process_request_body(tx) == CORAZA_OK);
    CHECK(coraza_process_request_body(tx) == CORAZA_OK);
    end(tx);
    char content[8192] = "";
    FILE *file = fopen(log, "r");
    CHECK(file != NULL && fread(content, 1, sizeof content - 1, file) > 0 && strstr(content, "/audited"));
    fclose(file);
    snprintf(text, sizeof text, "%s.debug", log);
    CHECK(debug_lines > 0 && access(text, F_OK) == 0);
    unlink(text);
    unlink(log);
    coraza_free_waf(audited);
}

static void test_nothing(void)
{
    CHECK(coraza_version_num() >= 10700);
    CHECK(coraza_new_transaction(0) == 0);
    CHECK(coraza_intervention(0) == NULL);
    CHECK(coraza_free_intervention(NULL) == 1);
    CHECK(coraza_process_request_headers(0) == CORAZA_ERROR);
    CHECK(coraza_process_request_body(0) == CORAZA_ERROR);
    CHECK(coraza_append_request_body(0, NULL, 0) != 0);
    CHECK(coraza_append_response_body(0, NULL, 0) != 0);
    CHECK(coraza_request_body_from_file(0, "/") != 0);
    CHECK(coraza_is_request_body_accessible(0) == 0);
    CHECK(coraza_is_response_body_processable(0) == 0);
    CHECK(coraza_rules_add(0, "") < 0);
    CHECK(coraza_rules_add_file(0, "x") < 0);
    CHECK(coraza_rules_count(0) == 0);
    CHECK(coraza_matched_rule_get_severity(0) == CORAZA_SEVERITY_UNKNOWN);
    CHECK(coraza_matched_rule_get_error_log(0) == NULL);
    CHECK(coraza_free_transaction(0) == 0);
    coraza_free_string(NULL);
}

/* The child has none of V8's threads: it must refuse and not hang. */
static void test_fork(coraza_waf_t waf)
{
    coraza_transaction_t tx = coraza_new_transaction(waf);
    pid_t child = fork();
    if (child == 0) {
        alarm(10);
        int refused = coraza_new_transaction(waf) == 0 && coraza_process_request_headers(tx) == CORAZA_ERROR;
        exit(refused ? 0 : 1);
    }
    int state = 0;
    CHECK(waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0);
    end(tx);
}

/* A child makes a snapshot in shared memory; another starts from it. */
static void test_snapshot(void)
{
    int shared = memfd_create("snapshot", MFD_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
        char *err = NULL;
        CHECK(cuirass_snapshot_begin() == 0);
        coraza_waf_t waf = new_waf(rules);
        CHECK(coraza_new_transaction(waf) == 0);
        CHECK(cuirass_snapshot_write(shared, &err) == 0);
        if (err != NULL) printf("snapshot: %s\n", err);
        _exit(failed);
    }
    int state = 0;
    CHECK(waitpid(child, &state, 0) == child && WIFEXITED(state) && WEXITSTATUS(state) == 0);
    off_t length = lseek(shared, 0, SEEK_END);
    CHECK(length > 100000);
    char *bytes = mmap(NULL, (size_t) length, PROT_READ | PROT_WRITE, MAP_PRIVATE, shared, 0);
    char *err = NULL;
    bytes[length / 2] ^= 1;
    CHECK(cuirass_snapshot_use(bytes, (size_t) length, &err) == -1 && strstr(err, "damaged"));
    coraza_free_string(err);
    bytes[length / 2] ^= 1;
    bytes[40] ^= 1;
    CHECK(cuirass_snapshot_use(bytes, (size_t) length, &err) == -1 && strstr(err, "another"));
    coraza_free_string(err);
    bytes[40] ^= 1;
    CHECK(cuirass_snapshot_use(bytes, (size_t) length - 1, &err) == -1 && strstr(err, "cut off"));
    coraza_free_string(err);
    CHECK(cuirass_snapshot_use(bytes, 3, &err) == -1);
    coraza_free_string(err);
    CHECK(cuirass_snapshot_use(bytes, (size_t) length, &err) == 0);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    CHECK(cuirass_set_limit(CUIRASS_LIMIT_HEAP_MB, 256) == 0);
    CHECK(cuirass_set_limit(CUIRASS_LIMIT_HEAP_MB, 0) == -1);
    if (getenv("WITHOUT_SNAPSHOT") == NULL) test_snapshot();
    test_nothing();
    coraza_waf_t waf = new_waf(rules);
    CHECK(coraza_rules_count(waf) == 10);
    coraza_waf_t same = new_waf(rules);
    CHECK(get(same, "/?a=1") == 0);
    coraza_free_waf(same);
    test_phases(waf);
    test_answers(waf);
    test_packed(waf);
    test_bodies(waf);
    test_configurations();
    test_fork(waf);
    coraza_transaction_t open = coraza_new_transaction(waf);
    start(open, "/", "GET");
    CHECK(coraza_process_request_headers(open) == CORAZA_OK);
    coraza_free_transaction(open);
    coraza_free_waf(waf);
    REPORT();
}
