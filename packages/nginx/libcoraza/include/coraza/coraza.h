/*
 * C interface of libcoraza. Every WAF and transaction belongs to the process and thread that made it.
 * Texts are bytes; results named "malloc'd" are freed with coraza_free_string.
 */
#ifndef CORAZA_CORAZA_H
#define CORAZA_CORAZA_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Handles; 0 is failure. */
typedef uintptr_t coraza_waf_config_t;
typedef uintptr_t coraza_waf_t;
typedef uintptr_t coraza_transaction_t;
/* Valid only during the error callback that got it. */
typedef uintptr_t coraza_matched_rule_t;

typedef enum coraza_result_t {
    CORAZA_ERROR = -1,
    CORAZA_OK = 0,
    CORAZA_INTERRUPTION = 1
} coraza_result_t;

typedef enum coraza_debug_log_level_t {
    CORAZA_DEBUG_LOG_LEVEL_UNKNOWN = 0,
    CORAZA_DEBUG_LOG_LEVEL_TRACE = 1,
    CORAZA_DEBUG_LOG_LEVEL_DEBUG = 2,
    CORAZA_DEBUG_LOG_LEVEL_INFO = 3,
    CORAZA_DEBUG_LOG_LEVEL_WARN = 4,
    CORAZA_DEBUG_LOG_LEVEL_ERROR = 5
} coraza_debug_log_level_t;

typedef enum coraza_severity_t {
    CORAZA_SEVERITY_UNKNOWN = 0,
    CORAZA_SEVERITY_DEBUG = 1,
    CORAZA_SEVERITY_INFO = 2,
    CORAZA_SEVERITY_NOTICE = 3,
    CORAZA_SEVERITY_WARNING = 4,
    CORAZA_SEVERITY_ERROR = 5,
    CORAZA_SEVERITY_CRITICAL = 6,
    CORAZA_SEVERITY_ALERT = 7,
    CORAZA_SEVERITY_EMERGENCY = 8
} coraza_severity_t;

/* What to do with the exchange. `data` is the Location of a redirect, "" otherwise. */
typedef struct coraza_intervention_t {
    char *action;
    int status;
    int pause;
    int disruptive;
    char *data;
    int rule_id;
} coraza_intervention_t;

typedef void (*coraza_debug_log_cb)(void *context, coraza_debug_log_level_t level, const char *message,
                                    const char *fields);
typedef void (*coraza_error_cb)(void *context, coraza_matched_rule_t rule);

/* Configuration and rules. */
coraza_waf_config_t coraza_new_waf_config(void);
int coraza_rules_add(coraza_waf_config_t config, char *directives);
int coraza_rules_add_file(coraza_waf_config_t config, char *path);
int coraza_add_debug_log_callback(coraza_waf_config_t config, coraza_debug_log_cb callback, void *context);
int coraza_add_error_callback(coraza_waf_config_t config, coraza_error_cb callback, void *context);
int coraza_free_waf_config(coraza_waf_config_t config);

/* 0 with a malloc'd message in *err (when err is not NULL) if the rules cannot be used. */
coraza_waf_t coraza_new_waf(coraza_waf_config_t config, char **err);
int coraza_free_waf(coraza_waf_t waf);
int coraza_rules_count(coraza_waf_t waf);
/* `waf` behaves from now on as if the directives of `other` followed its own; -1 with a message when they do not fit. */
int coraza_rules_merge(coraza_waf_t waf, coraza_waf_t other, char **err);

/* Transactions. Phase functions return a coraza_result_t. */
coraza_transaction_t coraza_new_transaction(coraza_waf_t waf);
coraza_transaction_t coraza_new_transaction_with_id(coraza_waf_t waf, char *id);
int coraza_free_transaction(coraza_transaction_t tx);

/* NULL, or a malloc'd answer that stays the same however often it is asked for. */
coraza_intervention_t *coraza_intervention(coraza_transaction_t tx);
int coraza_free_intervention(coraza_intervention_t *intervention);

int coraza_process_connection(coraza_transaction_t tx, char *client, int client_port, char *server, int server_port);
int coraza_process_uri(coraza_transaction_t tx, char *uri, char *method, char *protocol);
int coraza_add_get_args(coraza_transaction_t tx, char *name, char *value);
int coraza_add_request_header(coraza_transaction_t tx, char *name, int name_length, char *value, int value_length);
/* `count` times [u16 big endian n][name][u32 big endian v][value]. Adds all or nothing. */
int coraza_add_request_headers(coraza_transaction_t tx, char *packed, int length, int count);
int coraza_process_request_headers(coraza_transaction_t tx);

int coraza_is_request_body_accessible(coraza_transaction_t tx);
int coraza_append_request_body(coraza_transaction_t tx, unsigned char *data, int length);
int coraza_request_body_from_file(coraza_transaction_t tx, char *path);
int coraza_process_request_body(coraza_transaction_t tx);

int coraza_update_status_code(coraza_transaction_t tx, int status);
int coraza_add_response_header(coraza_transaction_t tx, char *name, int name_length, char *value, int value_length);
int coraza_add_response_headers(coraza_transaction_t tx, char *packed, int length, int count);
int coraza_process_response_headers(coraza_transaction_t tx, int status, char *protocol);

int coraza_is_response_body_processable(coraza_transaction_t tx);
int coraza_append_response_body(coraza_transaction_t tx, unsigned char *data, int length);
int coraza_process_response_body(coraza_transaction_t tx);
int coraza_process_logging(coraza_transaction_t tx);

coraza_severity_t coraza_matched_rule_get_severity(coraza_matched_rule_t rule);
/* Malloc'd. */
char *coraza_matched_rule_get_error_log(coraza_matched_rule_t rule);

void coraza_free_string(char *text);
int coraza_version_num(void);

#ifdef __cplusplus
}
#endif

#endif
