/* Phases 1, 2 and 5. */
#include "ngx_http_coraza_common.h"

static void ngx_http_coraza_body_handler(ngx_http_request_t *r);


static void
ngx_http_coraza_end(ngx_http_coraza_ctx_t *ctx)
{
    if (ctx->tx == 0) {
        return;
    }

    if (!ctx->logged) {
        ngx_http_coraza_request = ctx->request;
        ngx_http_coraza->process_logging(ctx->tx);
        ngx_http_coraza_request = NULL;
    }

    ngx_http_coraza->free_transaction(ctx->tx);
    ctx->tx = 0;
}


static void
ngx_http_coraza_cleanup(void *data)
{
    ngx_http_coraza_ctx_t *ctx = data;

    if (ctx->delay.timer_set) {
        ngx_del_timer(&ctx->delay);
    }

    /* The connection's log is still there, the request's own parts are not. */
    if (ctx->tx != 0) {
        ngx_http_coraza->free_transaction(ctx->tx);
        ctx->tx = 0;
    }
}


/* Internal redirects and error pages forget the contexts of modules; the pool remembers. */
ngx_http_coraza_ctx_t *
ngx_http_coraza_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t *cln;
    ngx_http_coraza_ctx_t *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_coraza_module);
    if (ctx != NULL || (!r->internal && !r->filter_finalize)) {
        return ctx;
    }

    for (cln = r->pool->cleanup; cln != NULL; cln = cln->next) {
        if (cln->handler == ngx_http_coraza_cleanup) {
            ctx = cln->data;
            ngx_http_set_ctx(r, ctx, ngx_http_coraza_module);
            return ctx;
        }
    }

    return NULL;
}


static ngx_http_coraza_ctx_t *
ngx_http_coraza_create_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t *cln;
    ngx_http_coraza_ctx_t *ctx;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_coraza_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;
    ngx_memzero(ctx, sizeof(ngx_http_coraza_ctx_t));
    ctx->request = r;
    cln->handler = ngx_http_coraza_cleanup;
    ngx_http_set_ctx(r, ctx, ngx_http_coraza_module);
    return ctx;
}


static char *
ngx_http_coraza_text(ngx_http_request_t *r, ngx_str_t *text)
{
    u_char *copy;

    copy = ngx_pnalloc(r->pool, text->len + 1);
    if (copy == NULL) {
        return NULL;
    }

    ngx_memcpy(copy, text->data, text->len);
    copy[text->len] = '\0';
    return (char *) copy;
}


ngx_int_t
ngx_http_coraza_verdict(ngx_http_request_t *r, ngx_http_coraza_ctx_t *ctx, int result)
{
    ngx_table_elt_t *location;
    coraza_intervention_t *intervention;

    if (result == CORAZA_OK) {
        return NGX_OK;
    }

    intervention = ngx_http_coraza->intervention(ctx->tx);
    if (result < 0 || intervention == NULL) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "coraza: a call failed; the request is answered with 500");
        ctx->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        return ctx->status;
    }

    ctx->status = intervention->status;
    ctx->rule_id = intervention->rule_id;
    ctx->drop = ngx_strcmp(intervention->action, "drop") == 0;

    if (ctx->status < 300 || ctx->status > 599) {
        ctx->status = NGX_HTTP_FORBIDDEN;
    }

    if (intervention->data[0] != '\0' && ctx->status < 400) {
        ngx_http_clear_location(r);
        location = ngx_list_push(&r->headers_out.headers);
        if (location != NULL) {
            ngx_memzero(location, sizeof(ngx_table_elt_t));
            location->hash = 1;
            ngx_str_set(&location->key, "Location");
            location->value.len = ngx_strlen(intervention->data);
            location->value.data = (u_char *) ngx_pstrdup(r->pool, &(ngx_str_t) {
                location->value.len, (u_char *) intervention->data });
            r->headers_out.location = location;
        }
        if (location == NULL || location->value.data == NULL) {
            ctx->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

    } else if (ctx->status < 400) {
        ctx->status = NGX_HTTP_FORBIDDEN;
    }

    ngx_http_coraza->free_intervention(intervention);
    return ctx->drop ? NGX_HTTP_CLOSE : ctx->status;
}


static ngx_int_t
ngx_http_coraza_choose_id(ngx_http_request_t *r, ngx_http_coraza_loc_conf_t *lcf, ngx_str_t *id)
{
    ngx_uint_t key;
    ngx_http_variable_value_t *value;
    static ngx_str_t request_id = ngx_string("request_id");

    if (lcf->transaction_id != NULL) {
        return ngx_http_complex_value(r, lcf->transaction_id, id);
    }

    key = ngx_hash_key(request_id.data, request_id.len);
    value = ngx_http_get_variable(r, &request_id, key);
    if (value == NULL || value->not_found) {
        return NGX_ERROR;
    }

    id->len = value->len;
    id->data = value->data;
    return NGX_OK;
}


static ngx_int_t
ngx_http_coraza_connection(ngx_http_request_t *r, ngx_http_coraza_ctx_t *ctx)
{
    int client_port = 0, server_port = 0;
    char *client = "unix", *server = "unix";
    u_char address[NGX_SOCKADDR_STRLEN];
    ngx_str_t text = { sizeof(address), address };
    ngx_connection_t *c = r->connection;

    if (c->sockaddr->sa_family != AF_UNIX) {
        client = ngx_http_coraza_text(r, &c->addr_text);
        client_port = ngx_inet_get_port(c->sockaddr);
    }

    if (ngx_connection_local_sockaddr(c, &text, 0) != NGX_OK) {
        return NGX_ERROR;
    }

    if (c->local_sockaddr->sa_family != AF_UNIX) {
        server = ngx_http_coraza_text(r, &text);
        server_port = ngx_inet_get_port(c->local_sockaddr);
    }

    if (client == NULL || server == NULL) {
        return NGX_ERROR;
    }

    ngx_http_coraza->process_connection(ctx->tx, client, client_port, server, server_port);
    return NGX_OK;
}


/* Starts the transaction of a location and runs phase 1. */
static ngx_int_t
ngx_http_coraza_begin(ngx_http_request_t *r, ngx_http_coraza_loc_conf_t *lcf, ngx_http_coraza_ctx_t *ctx)
{
    int result;
    char *id, *uri, *method, *protocol;
    ngx_str_t packed, no_protocol = ngx_string("HTTP/0.9");
    ngx_uint_t count;

    if (lcf->waf == NULL || lcf->waf->handle == 0 || ngx_http_coraza == NULL) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "coraza: %s; the request is answered with 500",
                      lcf->waf == NULL ? "no rules for this location" : "the rules are not in force");
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx == NULL) {
        ctx = ngx_http_coraza_create_ctx(r);
        if (ctx == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    /* Another location with other rules: what the first ones said stays said. */
    ngx_http_coraza_end(ctx);
    ctx->waf = lcf->waf;
    ctx->logged = 0;
    ctx->request_done = 0;
    ctx->response_seen = 0;

    if (ngx_http_coraza_choose_id(r, lcf, &ctx->id) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    id = ngx_http_coraza_text(r, &ctx->id);
    uri = ngx_http_coraza_text(r, &r->unparsed_uri);
    method = ngx_http_coraza_text(r, &r->method_name);
    protocol = ngx_http_coraza_text(r, r->http_protocol.len == 0 ? &no_protocol : &r->http_protocol);
    if (id == NULL || uri == NULL || method == NULL || protocol == NULL
        || ngx_http_coraza_pack(r, &r->headers_in.headers, NULL, 0, &packed, &count) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_coraza_request = r;
    ctx->tx = ngx_http_coraza->new_transaction_with_id(lcf->waf->handle, id);
    if (ctx->tx == 0 || ngx_http_coraza_connection(r, ctx) != NGX_OK) {
        ngx_http_coraza_request = NULL;
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_coraza->process_uri(ctx->tx, uri, method, protocol);
    result = ngx_http_coraza->add_request_headers(ctx->tx, (char *) packed.data, (int) packed.len, (int) count);
    if (result == CORAZA_OK) {
        result = ngx_http_coraza->process_request_headers(ctx->tx);
    }
    ngx_http_coraza_request = NULL;

    return ngx_http_coraza_verdict(r, ctx, result);
}


/* The location's transaction, begun when there is none yet. NGX_DECLINED when there is nothing to do. */
static ngx_int_t
ngx_http_coraza_enter(ngx_http_request_t *r, ngx_http_coraza_ctx_t **found)
{
    ngx_int_t rc;
    ngx_http_coraza_ctx_t *ctx;
    ngx_http_coraza_loc_conf_t *lcf;

    lcf = ngx_http_get_module_loc_conf(r, ngx_http_coraza_module);
    if (!lcf->enable || r != r->main) {
        return NGX_DECLINED;
    }

    ctx = ngx_http_coraza_get_ctx(r);
    /* The page of a blocked request is not inspected. */
    if (ctx != NULL && ctx->status != 0) {
        return NGX_DECLINED;
    }

    if (ctx == NULL || ctx->waf != lcf->waf) {
        rc = ngx_http_coraza_begin(r, lcf, ctx);
        if (rc != NGX_OK) {
            return rc;
        }
        ctx = ngx_http_get_module_ctx(r, ngx_http_coraza_module);
    }

    *found = ctx;
    return NGX_OK;
}


ngx_int_t
ngx_http_coraza_rewrite_handler(ngx_http_request_t *r)
{
    ngx_int_t rc;
    ngx_http_coraza_ctx_t *ctx;

    rc = ngx_http_coraza_enter(r, &ctx);
    return rc == NGX_OK ? NGX_DECLINED : rc;
}


/* Bodies that nginx wrote to a file are in it as a whole. */
static ngx_int_t
ngx_http_coraza_give_body(ngx_http_request_t *r, ngx_http_coraza_ctx_t *ctx)
{
    ngx_buf_t *b;
    ngx_chain_t *cl;

    if (r->request_body == NULL) {
        return NGX_OK;
    }

    if (r->request_body->temp_file != NULL) {
        return ngx_http_coraza->request_body_from_file(ctx->tx, (char *) r->request_body->temp_file->file.name.data) == 0
               ? NGX_OK : NGX_ERROR;
    }

    for (cl = r->request_body->bufs; cl != NULL; cl = cl->next) {
        b = cl->buf;
        if (b->last > b->pos && ngx_http_coraza->append_request_body(ctx->tx, b->pos, (int) (b->last - b->pos)) != 0) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_coraza_preaccess_handler(ngx_http_request_t *r)
{
    int result;
    ngx_int_t rc;
    ngx_http_coraza_ctx_t *ctx;

    rc = ngx_http_coraza_enter(r, &ctx);
    if (rc != NGX_OK) {
        return rc;
    }

    if (ctx->request_done) {
        return NGX_DECLINED;
    }

    if (!ctx->body_read && ngx_http_coraza->is_request_body_accessible(ctx->tx)) {
        if (ctx->body_requested) {
            return NGX_DONE;
        }

        ctx->body_requested = 1;
        r->request_body_in_persistent_file = 1;
        r->request_body_in_clean_file = 1;
        rc = ngx_http_read_client_request_body(r, ngx_http_coraza_body_handler);
        if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
            return rc;
        }

        ngx_http_finalize_request(r, NGX_DONE);
        return NGX_DONE;
    }

    ctx->request_done = 1;
    ngx_http_coraza_request = r;
    result = CORAZA_ERROR;
    if (ngx_http_coraza_give_body(r, ctx) == NGX_OK) {
        result = ngx_http_coraza->process_request_body(ctx->tx);
    }
    ngx_http_coraza_request = NULL;

    rc = ngx_http_coraza_verdict(r, ctx, result);
    return rc == NGX_OK ? NGX_DECLINED : rc;
}


static void
ngx_http_coraza_body_handler(ngx_http_request_t *r)
{
    ngx_http_coraza_ctx_t *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_coraza_module);
    ctx->body_read = 1;
    r->preserve_body = 1;
    r->write_event_handler = ngx_http_core_run_phases;
    ngx_http_core_run_phases(r);
}


ngx_int_t
ngx_http_coraza_log_handler(ngx_http_request_t *r)
{
    ngx_http_coraza_ctx_t *ctx;

    ctx = ngx_http_coraza_get_ctx(r);
    if (ctx == NULL || ctx->tx == 0 || ctx->logged) {
        return NGX_OK;
    }

    ctx->logged = 1;
    ngx_http_coraza_request = r;
    ngx_http_coraza->update_status_code(ctx->tx, (int) r->headers_out.status);
    ngx_http_coraza->process_logging(ctx->tx);
    ngx_http_coraza_request = NULL;
    return NGX_OK;
}
