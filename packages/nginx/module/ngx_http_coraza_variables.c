/* $coraza_transaction_id, $coraza_status, $coraza_rule_id, $coraza_score: for access logs. */
#include "ngx_http_coraza_common.h"

enum { TRANSACTION_ID, STATUS, RULE_ID, SCORE };

/* Where rule sets keep their sum: CRS 4, CRS 3, the built-in rules. */
static const char *ngx_http_coraza_scores[] = {
    "%{tx.blocking_inbound_anomaly_score}",
    "%{tx.anomaly_score}",
    "%{tx.inbound_anomaly_score}",
};


static ngx_int_t
ngx_http_coraza_set(ngx_http_request_t *r, ngx_http_variable_value_t *v, const char *text)
{
    v->len = (unsigned) ngx_strlen(text);
    v->data = ngx_pnalloc(r->pool, v->len);
    if (v->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(v->data, text, v->len);
    v->valid = 1;
    v->no_cacheable = 1;
    v->not_found = 0;
    return NGX_OK;
}


static ngx_int_t
ngx_http_coraza_score(ngx_http_request_t *r, ngx_http_variable_value_t *v, ngx_http_coraza_ctx_t *ctx)
{
    char *text;
    ngx_int_t rc;
    ngx_uint_t i;

    for (i = 0; ngx_http_coraza->expand != NULL && i < 3; i++) {
        text = ngx_http_coraza->expand(ctx->tx, ngx_http_coraza_scores[i]);
        if (text == NULL) {
            break;
        }

        if (text[0] >= '0' && text[0] <= '9') {
            rc = ngx_http_coraza_set(r, v, text);
            ngx_http_coraza->free_string(text);
            return rc;
        }

        ngx_http_coraza->free_string(text);
    }

    v->not_found = 1;
    return NGX_OK;
}


static ngx_int_t
ngx_http_coraza_variable(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t which)
{
    u_char number[NGX_INT_T_LEN + 1];
    ngx_http_coraza_ctx_t *ctx;

    ctx = ngx_http_coraza_get_ctx(r->main);
    v->not_found = 1;
    if (ctx == NULL || ctx->tx == 0) {
        return NGX_OK;
    }

    switch (which) {

    case TRANSACTION_ID:
        v->data = ctx->id.data;
        v->len = (unsigned) ctx->id.len;
        v->valid = 1;
        v->no_cacheable = 1;
        v->not_found = 0;
        return NGX_OK;

    case SCORE:
        return ngx_http_coraza_score(r, v, ctx);

    default:
        if (ctx->status == 0) {
            return NGX_OK;
        }
        *ngx_sprintf(number, "%i", which == STATUS ? ctx->status : ctx->rule_id) = '\0';
        return ngx_http_coraza_set(r, v, (char *) number);
    }
}


static ngx_http_variable_t ngx_http_coraza_variables[] = {
    { ngx_string("coraza_transaction_id"), NULL, ngx_http_coraza_variable, TRANSACTION_ID, NGX_HTTP_VAR_NOCACHEABLE, 0 },
    { ngx_string("coraza_status"), NULL, ngx_http_coraza_variable, STATUS, NGX_HTTP_VAR_NOCACHEABLE, 0 },
    { ngx_string("coraza_rule_id"), NULL, ngx_http_coraza_variable, RULE_ID, NGX_HTTP_VAR_NOCACHEABLE, 0 },
    { ngx_string("coraza_score"), NULL, ngx_http_coraza_variable, SCORE, NGX_HTTP_VAR_NOCACHEABLE, 0 },
      ngx_http_null_variable
};


ngx_int_t
ngx_http_coraza_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t *variable, *added;

    for (variable = ngx_http_coraza_variables; variable->name.len > 0; variable++) {
        added = ngx_http_add_variable(cf, &variable->name, variable->flags);
        if (added == NULL) {
            return NGX_ERROR;
        }
        added->get_handler = variable->get_handler;
        added->data = variable->data;
    }

    return NGX_OK;
}
