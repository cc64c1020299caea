/* Directives, merging and the places where the module hooks in. */
#include "ngx_http_coraza_common.h"

static void *ngx_http_coraza_create_main_conf(ngx_conf_t *cf);
static char *ngx_http_coraza_init_main_conf(ngx_conf_t *cf, void *conf);
static void *ngx_http_coraza_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_coraza_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
static ngx_int_t ngx_http_coraza_init(ngx_conf_t *cf);
static char *ngx_http_coraza_rules(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

#define ANYWHERE (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF)

static ngx_command_t ngx_http_coraza_commands[] = {

    { ngx_string("coraza"),
      ANYWHERE | NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_coraza_loc_conf_t, enable),
      NULL },

    { ngx_string("coraza_rules"),
      ANYWHERE | NGX_CONF_TAKE1,
      ngx_http_coraza_rules,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("coraza_rules_file"),
      ANYWHERE | NGX_CONF_TAKE1,
      ngx_http_coraza_rules,
      NGX_HTTP_LOC_CONF_OFFSET,
      1,
      NULL },

    { ngx_string("coraza_transaction_id"),
      ANYWHERE | NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_coraza_loc_conf_t, transaction_id),
      NULL },

    { ngx_string("coraza_response_delay"),
      ANYWHERE | NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_coraza_loc_conf_t, response_delay),
      NULL },

    { ngx_string("coraza_library"),
      NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_coraza_main_conf_t, library),
      NULL },

      ngx_null_command
};

static ngx_http_module_t ngx_http_coraza_module_ctx = {
    ngx_http_coraza_add_variables,     /* preconfiguration */
    ngx_http_coraza_init,              /* postconfiguration */
    ngx_http_coraza_create_main_conf,
    ngx_http_coraza_init_main_conf,
    NULL,
    NULL,
    ngx_http_coraza_create_loc_conf,
    ngx_http_coraza_merge_loc_conf
};

ngx_module_t ngx_http_coraza_module = {
    NGX_MODULE_V1,
    &ngx_http_coraza_module_ctx,
    ngx_http_coraza_commands,
    NGX_HTTP_MODULE,
    NULL,
    NULL,
    ngx_http_coraza_init_process,
    NULL,
    NULL,
    ngx_http_coraza_exit_process,
    NULL,
    NGX_MODULE_V1_PADDING
};


static void *
ngx_http_coraza_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_coraza_main_conf_t *mcf;

    mcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_coraza_main_conf_t));
    if (mcf == NULL
        || ngx_array_init(&mcf->wafs, cf->pool, 4, sizeof(ngx_http_coraza_waf_t *)) != NGX_OK
        || ngx_array_init(&mcf->bare, cf->pool, 4, sizeof(ngx_http_coraza_loc_conf_t *)) != NGX_OK)
    {
        return NULL;
    }

    mcf->snapshot = -1;
    return mcf;
}


static char *
ngx_http_coraza_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_coraza_main_conf_t *mcf = conf;

    if (mcf->library.len == 0) {
        ngx_str_set(&mcf->library, "libcoraza.so");
    }

    return NGX_CONF_OK;
}


static void *
ngx_http_coraza_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_coraza_loc_conf_t *lcf;

    lcf = ngx_pcalloc(cf->pool, sizeof(ngx_http_coraza_loc_conf_t));
    if (lcf == NULL) {
        return NULL;
    }

    lcf->enable = NGX_CONF_UNSET;
    lcf->response_delay = NGX_CONF_UNSET_MSEC;
    return lcf;
}


/* `coraza_rules` and `coraza_rules_file`, which has 1 as its offset. Both add to one list, in written order. */
static char *
ngx_http_coraza_rules(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t *arguments = cf->args->elts;
    ngx_http_coraza_rules_t *rules;
    ngx_http_coraza_loc_conf_t *lcf = conf;

    if (lcf->rules == NULL) {
        lcf->rules = ngx_array_create(cf->pool, 4, sizeof(ngx_http_coraza_rules_t));
        if (lcf->rules == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    rules = ngx_array_push(lcf->rules);
    if (rules == NULL) {
        return NGX_CONF_ERROR;
    }

    rules->value = arguments[1];
    rules->is_file = cmd->offset == 1;

    /* Names such as @coraza.conf-recommended are built into the library. */
    if (rules->is_file && rules->value.data[0] != '@'
        && ngx_conf_full_name(cf->cycle, &rules->value, 1) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_uint_t
ngx_http_coraza_same_rules(ngx_array_t *a, ngx_array_t *b)
{
    ngx_uint_t i;
    ngx_http_coraza_rules_t *x = a->elts, *y = b->elts;

    if (a->nelts != b->nelts) {
        return 0;
    }

    for (i = 0; i < a->nelts; i++) {
        if (x[i].is_file != y[i].is_file || x[i].value.len != y[i].value.len
            || ngx_memcmp(x[i].value.data, y[i].value.data, x[i].value.len) != 0)
        {
            return 0;
        }
    }

    return 1;
}


/* The WAF for a list of rules: one for all locations that have the same. */
static ngx_http_coraza_waf_t *
ngx_http_coraza_find_waf(ngx_conf_t *cf, ngx_array_t *rules)
{
    ngx_uint_t i;
    ngx_http_coraza_waf_t *waf, **wafs, **slot;
    ngx_http_coraza_main_conf_t *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_coraza_module);
    wafs = mcf->wafs.elts;
    for (i = 0; i < mcf->wafs.nelts; i++) {
        if (ngx_http_coraza_same_rules(wafs[i]->rules, rules)) {
            return wafs[i];
        }
    }

    waf = ngx_pcalloc(cf->pool, sizeof(ngx_http_coraza_waf_t));
    slot = ngx_array_push(&mcf->wafs);
    if (waf == NULL || slot == NULL) {
        return NULL;
    }

    waf->rules = rules;
    *slot = waf;
    return waf;
}


static ngx_array_t *
ngx_http_coraza_join_rules(ngx_conf_t *cf, ngx_array_t *first, ngx_array_t *second)
{
    ngx_uint_t i;
    ngx_array_t *both, *parts[2] = { first, second };
    ngx_http_coraza_rules_t *rules;

    both = ngx_array_create(cf->pool, first->nelts + second->nelts, sizeof(ngx_http_coraza_rules_t));
    if (both == NULL) {
        return NULL;
    }

    for (i = 0; i < 2; i++) {
        rules = ngx_array_push_n(both, parts[i]->nelts);
        if (rules == NULL) {
            return NULL;
        }
        ngx_memcpy(rules, parts[i]->elts, parts[i]->nelts * sizeof(ngx_http_coraza_rules_t));
    }

    return both;
}


/* A child's rules come after its parent's. */
static char *
ngx_http_coraza_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_coraza_loc_conf_t *prev = parent;
    ngx_http_coraza_loc_conf_t *conf = child, *above, **bare;
    ngx_http_coraza_main_conf_t *mcf;

    ngx_conf_merge_value(conf->enable, prev->enable, 0);
    ngx_conf_merge_msec_value(conf->response_delay, prev->response_delay, 5000);
    conf->parent = prev;

    if (conf->transaction_id == NULL) {
        conf->transaction_id = prev->transaction_id;
    }

    if (conf->rules == NULL) {
        conf->rules = prev->rules;

    } else if (prev->rules != NULL) {
        conf->rules = ngx_http_coraza_join_rules(cf, prev->rules, conf->rules);
        if (conf->rules == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    if (!conf->enable) {
        return NGX_CONF_OK;
    }

    if (conf->rules == NULL) {
        mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_coraza_module);
        bare = ngx_array_push(&mcf->bare);
        if (bare == NULL) {
            return NGX_CONF_ERROR;
        }
        *bare = conf;
        return NGX_CONF_OK;
    }

    for (above = prev; above != NULL; above = above->parent) {
        above->covered = 1;
    }

    conf->waf = ngx_http_coraza_find_waf(cf, conf->rules);
    return conf->waf == NULL ? NGX_CONF_ERROR : NGX_CONF_OK;
}


static ngx_int_t
ngx_http_coraza_add_handler(ngx_http_core_main_conf_t *cmcf, ngx_uint_t phase, ngx_http_handler_pt handler)
{
    ngx_http_handler_pt *slot;

    slot = ngx_array_push(&cmcf->phases[phase].handlers);
    if (slot == NULL) {
        return NGX_ERROR;
    }

    *slot = handler;
    return NGX_OK;
}


static ngx_int_t
ngx_http_coraza_init(ngx_conf_t *cf)
{
    ngx_uint_t i;
    ngx_http_core_main_conf_t *cmcf;
    ngx_http_coraza_loc_conf_t **bare;
    ngx_http_coraza_main_conf_t *mcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_coraza_module);

    /* A server may leave its rules to its locations; what they do not cover is answered with 500. */
    bare = mcf->bare.elts;
    for (i = 0; i < mcf->bare.nelts; i++) {
        if (!bare[i]->covered) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "\"coraza on\" without rules: add \"coraza_rules\" or \"coraza_rules_file\" there or above");
            return NGX_ERROR;
        }
    }

    if (ngx_http_coraza_check(cf, mcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_coraza_add_handler(cmcf, NGX_HTTP_REWRITE_PHASE, ngx_http_coraza_rewrite_handler) != NGX_OK
        || ngx_http_coraza_add_handler(cmcf, NGX_HTTP_PREACCESS_PHASE, ngx_http_coraza_preaccess_handler) != NGX_OK
        || ngx_http_coraza_add_handler(cmcf, NGX_HTTP_LOG_PHASE, ngx_http_coraza_log_handler) != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_coraza_init_filters();
    return NGX_OK;
}
