/* What the parts of the module share. */
#ifndef NGX_HTTP_CORAZA_COMMON_H
#define NGX_HTTP_CORAZA_COMMON_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <coraza/coraza.h>
#include <coraza/cuirass.h>

/* Functions of libcoraza.so. Those of cuirass.h may be NULL. */
typedef struct {
    coraza_waf_config_t (*new_waf_config)(void);
    int (*rules_add)(coraza_waf_config_t, char *);
    int (*rules_add_file)(coraza_waf_config_t, char *);
    int (*add_debug_log_callback)(coraza_waf_config_t, coraza_debug_log_cb, void *);
    int (*add_error_callback)(coraza_waf_config_t, coraza_error_cb, void *);
    int (*free_waf_config)(coraza_waf_config_t);
    coraza_waf_t (*new_waf)(coraza_waf_config_t, char **);
    int (*free_waf)(coraza_waf_t);
    int (*rules_count)(coraza_waf_t);
    coraza_transaction_t (*new_transaction_with_id)(coraza_waf_t, char *);
    int (*free_transaction)(coraza_transaction_t);
    coraza_intervention_t *(*intervention)(coraza_transaction_t);
    int (*free_intervention)(coraza_intervention_t *);
    int (*process_connection)(coraza_transaction_t, char *, int, char *, int);
    int (*process_uri)(coraza_transaction_t, char *, char *, char *);
    int (*add_request_headers)(coraza_transaction_t, char *, int, int);
    int (*process_request_headers)(coraza_transaction_t);
    int (*is_request_body_accessible)(coraza_transaction_t);
    int (*append_request_body)(coraza_transaction_t, unsigned char *, int);
    int (*request_body_from_file)(coraza_transaction_t, char *);
    int (*process_request_body)(coraza_transaction_t);
    int (*update_status_code)(coraza_transaction_t, int);
    int (*add_response_headers)(coraza_transaction_t, char *, int, int);
    int (*process_response_headers)(coraza_transaction_t, int, char *);
    int (*is_response_body_processable)(coraza_transaction_t);
    int (*append_response_body)(coraza_transaction_t, unsigned char *, int);
    int (*process_response_body)(coraza_transaction_t);
    int (*process_logging)(coraza_transaction_t);
    char *(*matched_rule_get_error_log)(coraza_matched_rule_t);
    void (*free_string)(char *);

    int (*snapshot_begin)(void);
    int (*snapshot_write)(int, char **);
    int (*snapshot_use)(const void *, size_t, char **);
    char *(*expand)(coraza_transaction_t, const char *);
} ngx_http_coraza_library_t;

/* `coraza_rules` or `coraza_rules_file`. */
typedef struct {
    ngx_str_t value;
    unsigned is_file:1;
} ngx_http_coraza_rules_t;

/* One for each distinct list of rules; `handle` exists in workers only. */
typedef struct {
    ngx_array_t *rules;
    coraza_waf_t handle;
} ngx_http_coraza_waf_t;

typedef struct {
    ngx_str_t library;
    /* Of ngx_http_coraza_waf_t *. */
    ngx_array_t wafs;
    /* Of ngx_http_coraza_loc_conf_t *: where "coraza on" holds without rules. */
    ngx_array_t bare;
    /* Memory file with the compiled rules, made by the child that checks them; -1 when there is none. */
    int snapshot;
} ngx_http_coraza_main_conf_t;

typedef struct ngx_http_coraza_loc_conf_s ngx_http_coraza_loc_conf_t;
struct ngx_http_coraza_loc_conf_s {
    ngx_flag_t enable;
    ngx_array_t *rules;
    ngx_http_complex_value_t *transaction_id;
    ngx_msec_t response_delay;
    /* NULL when off, or on without rules. */
    ngx_http_coraza_waf_t *waf;
    ngx_http_coraza_loc_conf_t *parent;
    /* A level below has rules. */
    unsigned covered:1;
};

typedef struct {
    ngx_http_request_t *request;
    ngx_http_coraza_waf_t *waf;
    coraza_transaction_t tx;
    ngx_str_t id;

    /* What was decided; 0 status for nothing. */
    ngx_int_t status;
    ngx_int_t rule_id;

    /* A response that waits for its verdict. */
    ngx_chain_t *held;
    ngx_chain_t **last_held;
    ngx_event_t delay;

    unsigned body_requested:1;
    unsigned body_read:1;
    unsigned request_done:1;
    unsigned response_seen:1;
    unsigned holding:1;
    unsigned drop:1;
    unsigned logged:1;
} ngx_http_coraza_ctx_t;

extern ngx_module_t ngx_http_coraza_module;

/* NULL until the library is loaded, which happens in workers and in the child that checks rules, never in the master. */
extern ngx_http_coraza_library_t *ngx_http_coraza;
/* The request whose call is running: for log lines. */
extern ngx_http_request_t *ngx_http_coraza_request;

/* library.c */
ngx_int_t ngx_http_coraza_load(ngx_str_t *path, const char **error);
coraza_waf_t ngx_http_coraza_new_waf(ngx_http_coraza_waf_t *waf, char **error);
ngx_int_t ngx_http_coraza_init_process(ngx_cycle_t *cycle);
void ngx_http_coraza_exit_process(ngx_cycle_t *cycle);

/* check.c */
ngx_int_t ngx_http_coraza_check(ngx_conf_t *cf, ngx_http_coraza_main_conf_t *mcf);

/* request.c */
ngx_int_t ngx_http_coraza_rewrite_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_coraza_preaccess_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_coraza_log_handler(ngx_http_request_t *r);
ngx_http_coraza_ctx_t *ngx_http_coraza_get_ctx(ngx_http_request_t *r);
/* After a call: NGX_OK to go on, or the status to answer with. `result` is what the call returned. */
ngx_int_t ngx_http_coraza_verdict(ngx_http_request_t *r, ngx_http_coraza_ctx_t *ctx, int result);

/* headers.c */
/* Packs a list of headers behind `extra` ones, which are given as pairs. */
ngx_int_t ngx_http_coraza_pack(ngx_http_request_t *r, ngx_list_t *headers, ngx_str_t *extra, ngx_uint_t pairs,
    ngx_str_t *packed, ngx_uint_t *count);

/* response.c */
void ngx_http_coraza_init_filters(void);

/* variables.c */
ngx_int_t ngx_http_coraza_add_variables(ngx_conf_t *cf);

#endif
