/* libcoraza.so in a worker: loading, WAFs, log lines. */
#include "ngx_http_coraza_common.h"

#include <dlfcn.h>
#include <sys/mman.h>

ngx_http_coraza_library_t *ngx_http_coraza;
ngx_http_request_t *ngx_http_coraza_request;

typedef struct {
    const char *name;
    size_t offset;
    ngx_uint_t optional;
} ngx_http_coraza_symbol_t;

#define SYMBOL(name) { "coraza_" #name, offsetof(ngx_http_coraza_library_t, name), 0 }
#define EXTENSION(name) { "cuirass_" #name, offsetof(ngx_http_coraza_library_t, name), 1 }

static ngx_http_coraza_symbol_t ngx_http_coraza_symbols[] = {
    SYMBOL(new_waf_config),
    SYMBOL(rules_add),
    SYMBOL(rules_add_file),
    SYMBOL(add_debug_log_callback),
    SYMBOL(add_error_callback),
    SYMBOL(free_waf_config),
    SYMBOL(new_waf),
    SYMBOL(free_waf),
    SYMBOL(rules_count),
    SYMBOL(new_transaction_with_id),
    SYMBOL(free_transaction),
    SYMBOL(intervention),
    SYMBOL(free_intervention),
    SYMBOL(process_connection),
    SYMBOL(process_uri),
    SYMBOL(add_request_headers),
    SYMBOL(process_request_headers),
    SYMBOL(is_request_body_accessible),
    SYMBOL(append_request_body),
    SYMBOL(request_body_from_file),
    SYMBOL(process_request_body),
    SYMBOL(update_status_code),
    SYMBOL(add_response_headers),
    SYMBOL(process_response_headers),
    SYMBOL(is_response_body_processable),
    SYMBOL(append_response_body),
    SYMBOL(process_response_body),
    SYMBOL(process_logging),
    SYMBOL(matched_rule_get_error_log),
    SYMBOL(free_string),
    EXTENSION(snapshot_begin),
    EXTENSION(snapshot_write),
    EXTENSION(snapshot_use),
    EXTENSION(expand),
};


ngx_int_t
ngx_http_coraza_load(ngx_str_t *path, const char **error)
{
    void *handle, *address;
    ngx_uint_t i;
    static ngx_http_coraza_library_t library;

    if (ngx_http_coraza != NULL) {
        return NGX_OK;
    }

    handle = dlopen((char *) path->data, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        *error = dlerror();
        return NGX_ERROR;
    }

    for (i = 0; i < sizeof(ngx_http_coraza_symbols) / sizeof(ngx_http_coraza_symbols[0]); i++) {
        address = dlsym(handle, ngx_http_coraza_symbols[i].name);
        if (address == NULL && !ngx_http_coraza_symbols[i].optional) {
            *error = dlerror();
            return NGX_ERROR;
        }
        *(void **) ((u_char *) &library + ngx_http_coraza_symbols[i].offset) = address;
    }

    ngx_http_coraza = &library;
    return NGX_OK;
}


static ngx_log_t *
ngx_http_coraza_log(void)
{
    return ngx_http_coraza_request != NULL ? ngx_http_coraza_request->connection->log : ngx_cycle->log;
}


/* nginx cuts lines at 2 KB. The end of a line names the transaction, so it is the middle that goes. */
static void
ngx_http_coraza_matched(void *context, coraza_matched_rule_t rule)
{
    char *line, *end;
    size_t length;

    line = ngx_http_coraza->matched_rule_get_error_log(rule);
    if (line == NULL) {
        return;
    }

    length = ngx_strlen(line);
    end = length > 1600 ? strstr(line + 1200, " [hostname ") : NULL;
    if (end != NULL && length - (size_t) (end - line) < 400) {
        ngx_log_error(NGX_LOG_ERR, ngx_http_coraza_log(), 0, "coraza: %*s ...%s", (size_t) 1200, line, end);
    } else {
        ngx_log_error(NGX_LOG_ERR, ngx_http_coraza_log(), 0, "coraza: %s", line);
    }

    ngx_http_coraza->free_string(line);
}


static void
ngx_http_coraza_debug(void *context, coraza_debug_log_level_t level, const char *message, const char *fields)
{
    ngx_uint_t severity;

    switch (level) {
    case CORAZA_DEBUG_LOG_LEVEL_ERROR:
        severity = NGX_LOG_ERR;
        break;
    case CORAZA_DEBUG_LOG_LEVEL_WARN:
        severity = NGX_LOG_WARN;
        break;
    case CORAZA_DEBUG_LOG_LEVEL_INFO:
        severity = NGX_LOG_INFO;
        break;
    default:
        severity = NGX_LOG_DEBUG;
    }

    ngx_log_error(severity, ngx_http_coraza_log(), 0, "coraza: %s %s", message, fields);
}


coraza_waf_t
ngx_http_coraza_new_waf(ngx_http_coraza_waf_t *waf, char **error)
{
    int rc;
    ngx_uint_t i;
    coraza_waf_t handle;
    coraza_waf_config_t config;
    ngx_http_coraza_rules_t *rules;

    *error = NULL;
    config = ngx_http_coraza->new_waf_config();
    if (config == 0) {
        return 0;
    }

    rules = waf->rules->elts;
    for (i = 0; i < waf->rules->nelts; i++) {
        rc = rules[i].is_file ? ngx_http_coraza->rules_add_file(config, (char *) rules[i].value.data)
                              : ngx_http_coraza->rules_add(config, (char *) rules[i].value.data);
        if (rc < 0) {
            ngx_http_coraza->free_waf_config(config);
            return 0;
        }
    }

    ngx_http_coraza->add_error_callback(config, ngx_http_coraza_matched, NULL);
    ngx_http_coraza->add_debug_log_callback(config, ngx_http_coraza_debug, NULL);
    handle = ngx_http_coraza->new_waf(config, error);
    ngx_http_coraza->free_waf_config(config);
    return handle;
}


/* Hands the library the snapshot of the configuration. NULL when there is none. */
static void *
ngx_http_coraza_use_snapshot(ngx_cycle_t *cycle, int descriptor, off_t *length)
{
    char *error = NULL;
    void *data;
    off_t size;

    size = descriptor == -1 ? 0 : lseek(descriptor, 0, SEEK_END);
    if (size <= 0 || ngx_http_coraza->snapshot_use == NULL) {
        return NULL;
    }

    data = mmap(NULL, (size_t) size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (data == MAP_FAILED) {
        ngx_log_error(NGX_LOG_WARN, cycle->log, ngx_errno, "coraza: cannot map the snapshot; rules are compiled again");
        return NULL;
    }

    if (ngx_http_coraza->snapshot_use(data, (size_t) size, &error) != 0) {
        ngx_log_error(NGX_LOG_WARN, cycle->log, 0, "coraza: %s; rules are compiled again", error);
        ngx_http_coraza->free_string(error);
        munmap(data, (size_t) size);
        return NULL;
    }

    *length = size;
    return data;
}


/*
 * A worker that cannot start its WAFs answers 500 where they are configured and serves everything else: master processes
 * start no new worker in place of one that fails here.
 */
ngx_int_t
ngx_http_coraza_init_process(ngx_cycle_t *cycle)
{
    int rules;
    char *message;
    void *snapshot;
    off_t length;
    ngx_uint_t i;
    ngx_msec_t started;
    const char *error = NULL;
    ngx_http_coraza_waf_t **wafs;
    ngx_http_coraza_main_conf_t *mcf;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) {
        return NGX_OK;
    }

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_coraza_module);
    if (mcf == NULL || mcf->wafs.nelts == 0) {
        return NGX_OK;
    }

    ngx_time_update();
    started = ngx_current_msec;

    if (ngx_http_coraza_load(&mcf->library, &error) != NGX_OK) {
        ngx_log_error(NGX_LOG_ALERT, cycle->log, 0, "coraza: requests are answered with 500: %s", error);
        return NGX_OK;
    }

    snapshot = ngx_http_coraza_use_snapshot(cycle, mcf->snapshot, &length);

    wafs = mcf->wafs.elts;
    for (i = 0; i < mcf->wafs.nelts; i++) {
        wafs[i]->handle = ngx_http_coraza_new_waf(wafs[i], &message);
        if (wafs[i]->handle == 0) {
            ngx_log_error(NGX_LOG_ALERT, cycle->log, 0, "coraza: requests are answered with 500: %s",
                          message == NULL ? "no memory" : message);
            ngx_http_coraza->free_string(message);
            continue;
        }

        rules = ngx_http_coraza->rules_count(wafs[i]->handle);
        if (rules == 0) {
            ngx_log_error(NGX_LOG_ALERT, cycle->log, 0, "coraza: requests are answered with 500: there are no rules");
            ngx_http_coraza->free_waf(wafs[i]->handle);
            wafs[i]->handle = 0;
            continue;
        }

        ngx_time_update();
        ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0, "coraza: %d rules ready after %M ms", rules,
                      ngx_current_msec - started);
    }

    /* It has been read; should the library need it again, it comes back from the file. */
    if (snapshot != NULL) {
        madvise(snapshot, (size_t) length, MADV_DONTNEED);
    }

    return NGX_OK;
}


void
ngx_http_coraza_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t i;
    ngx_http_coraza_waf_t **wafs;
    ngx_http_coraza_main_conf_t *mcf;

    mcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_coraza_module);
    if (mcf == NULL || ngx_http_coraza == NULL) {
        return;
    }

    wafs = mcf->wafs.elts;
    for (i = 0; i < mcf->wafs.nelts; i++) {
        if (wafs[i]->handle != 0) {
            ngx_http_coraza->free_waf(wafs[i]->handle);
            wafs[i]->handle = 0;
        }
    }
}
