/* Phases 3 and 4. */
#include "ngx_http_coraza_common.h"

static ngx_http_output_header_filter_pt ngx_http_coraza_next_header_filter;
static ngx_http_output_body_filter_pt ngx_http_coraza_next_body_filter;


/* Headers that nginx keeps outside its list until it writes them. */
static ngx_uint_t
ngx_http_coraza_own_headers(ngx_http_request_t *r, ngx_str_t *pairs)
{
    u_char *p;
    ngx_uint_t n = 0;
    ngx_http_headers_out_t *out = &r->headers_out;

    if (out->content_type.len > 0) {
        ngx_str_set(&pairs[0], "Content-Type");
        pairs[1] = out->content_type;
        if (out->content_type_len == out->content_type.len && out->charset.len > 0) {
            pairs[1].len = out->content_type.len + sizeof("; charset=") - 1 + out->charset.len;
            pairs[1].data = ngx_pnalloc(r->pool, pairs[1].len);
            if (pairs[1].data == NULL) {
                pairs[1] = out->content_type;
            } else {
                ngx_sprintf(pairs[1].data, "%V; charset=%V", &out->content_type, &out->charset);
            }
        }
        n++;
    }

    if (out->content_length_n >= 0) {
        p = ngx_pnalloc(r->pool, NGX_OFF_T_LEN);
        if (p != NULL) {
            ngx_str_set(&pairs[2 * n], "Content-Length");
            pairs[2 * n + 1].data = p;
            pairs[2 * n + 1].len = (size_t) (ngx_sprintf(p, "%O", out->content_length_n) - p);
            n++;
        }
    }

    if (out->server == NULL) {
        ngx_str_set(&pairs[2 * n], "Server");
        ngx_str_set(&pairs[2 * n + 1], "nginx");
        n++;
    }

    return n;
}


/* The answer instead of the response. */
static ngx_int_t
ngx_http_coraza_replace(ngx_http_request_t *r, ngx_http_coraza_ctx_t *ctx)
{
    ngx_table_elt_t *location = r->headers_out.location;
    ngx_str_t target = location == NULL ? (ngx_str_t) ngx_null_string : location->value;

    ctx->holding = 0;
    ctx->held = NULL;
    if (ctx->delay.timer_set) {
        ngx_del_timer(&ctx->delay);
    }

    /* Whoever produced the response is told of an error below, which ends the connection: the client must know. */
    r->keepalive = 0;

    if (ctx->drop) {
        r->connection->error = 1;
        return NGX_ERROR;
    }

    /* nginx forgets the location with all other headers of the response. */
    if (ctx->status >= 400 || target.len == 0) {
        return ngx_http_filter_finalize_request(r, &ngx_http_coraza_module, ctx->status);
    }

    ngx_http_clean_header(r);
    location = ngx_list_push(&r->headers_out.headers);
    if (location == NULL) {
        return NGX_ERROR;
    }
    ngx_memzero(location, sizeof(ngx_table_elt_t));
    location->hash = 1;
    ngx_str_set(&location->key, "Location");
    location->value = target;
    r->headers_out.location = location;
    r->headers_out.status = (ngx_uint_t) ctx->status;
    r->headers_out.content_length_n = 0;
    if (ngx_http_coraza_next_header_filter(r) == NGX_ERROR) {
        return NGX_ERROR;
    }
    ngx_http_send_special(r, NGX_HTTP_LAST);
    return NGX_ERROR;
}


/* Phase 4 on what has come, then the response or its replacement. */
static ngx_int_t
ngx_http_coraza_release(ngx_http_request_t *r, ngx_http_coraza_ctx_t *ctx)
{
    int result;
    ngx_int_t rc;
    ngx_chain_t *held;

    ngx_http_coraza_request = r;
    result = ngx_http_coraza->process_response_body(ctx->tx);
    ngx_http_coraza_request = NULL;

    if (ngx_http_coraza_verdict(r, ctx, result) != NGX_OK) {
        return ngx_http_coraza_replace(r, ctx);
    }

    if (!ctx->holding) {
        return ngx_http_coraza_next_header_filter(r);
    }

    ctx->holding = 0;
    held = ctx->held;
    ctx->held = NULL;
    if (ctx->delay.timer_set) {
        ngx_del_timer(&ctx->delay);
    }

    rc = ngx_http_coraza_next_header_filter(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only || held == NULL) {
        return rc;
    }

    return ngx_http_coraza_next_body_filter(r, held);
}


/* A response that comes slowly has waited long enough: what is there decides. */
static void
ngx_http_coraza_delay_over(ngx_event_t *event)
{
    ngx_int_t rc;
    ngx_http_coraza_ctx_t *ctx = event->data;
    ngx_http_request_t *r = ctx->request;
    ngx_connection_t *c = r->connection;

    ngx_http_set_log_request(c->log, r);
    if (!ctx->holding) {
        return;
    }

    ngx_log_error(NGX_LOG_INFO, c->log, 0, "coraza: response released after the longest delay");
    rc = ngx_http_coraza_release(r, ctx);
    if (rc == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);
    }
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_coraza_header_filter(ngx_http_request_t *r)
{
    int result;
    char *protocol;
    ngx_str_t own[6], packed;
    ngx_uint_t count, pairs;
    ngx_http_coraza_ctx_t *ctx;
    ngx_http_coraza_loc_conf_t *lcf;

    if (r != r->main) {
        return ngx_http_coraza_next_header_filter(r);
    }

    ctx = ngx_http_coraza_get_ctx(r);
    if (ctx == NULL || ctx->tx == 0 || ctx->status != 0 || ctx->response_seen) {
        /* nginx answers for a response that was held, e.g. because its upstream broke off. */
        if (ctx != NULL && ctx->holding) {
            ctx->holding = 0;
            ctx->held = NULL;
            if (ctx->delay.timer_set) {
                ngx_del_timer(&ctx->delay);
            }
        }
        return ngx_http_coraza_next_header_filter(r);
    }

    ctx->response_seen = 1;
    pairs = ngx_http_coraza_own_headers(r, own);
    if (ngx_http_coraza_pack(r, &r->headers_out.headers, own, pairs, &packed, &count) != NGX_OK) {
        return NGX_ERROR;
    }

    protocol = r->http_version == NGX_HTTP_VERSION_20 ? "HTTP/2.0" : r->http_version == NGX_HTTP_VERSION_10 ? "HTTP/1.0"
                                                                                                          : "HTTP/1.1";
    ngx_http_coraza_request = r;
    result = ngx_http_coraza->add_response_headers(ctx->tx, (char *) packed.data, (int) packed.len, (int) count);
    if (result == CORAZA_OK) {
        result = ngx_http_coraza->process_response_headers(ctx->tx, (int) r->headers_out.status, protocol);
    }
    ngx_http_coraza_request = NULL;

    if (ngx_http_coraza_verdict(r, ctx, result) != NGX_OK) {
        return ngx_http_coraza_replace(r, ctx);
    }

    lcf = ngx_http_get_module_loc_conf(r, ngx_http_coraza_module);
    if (r->header_only || r->headers_out.status == NGX_HTTP_SWITCHING_PROTOCOLS
        || r->headers_out.status == NGX_HTTP_NO_CONTENT || r->headers_out.status == NGX_HTTP_NOT_MODIFIED
        || !ngx_http_coraza->is_response_body_processable(ctx->tx))
    {
        /* Rules of phase 4 can still change the answer, as no body has to be waited for. */
        return ngx_http_coraza_release(r, ctx);
    }

    ctx->holding = 1;
    ctx->held = NULL;
    ctx->last_held = &ctx->held;
    r->filter_need_in_memory = 1;
    /* Parts of a body cannot be judged, and the filter that cuts them out has been passed when the header goes out. */
    r->allow_ranges = 0;
    ctx->delay.handler = ngx_http_coraza_delay_over;
    ctx->delay.data = ctx;
    ctx->delay.log = r->connection->log;
    ngx_add_timer(&ctx->delay, lcf->response_delay);
    return NGX_OK;
}


/* Copies a buffer, so that its owner can use it again. */
static ngx_int_t
ngx_http_coraza_hold(ngx_http_request_t *r, ngx_http_coraza_ctx_t *ctx, ngx_buf_t *from)
{
    size_t size = (size_t) (from->last - from->pos);
    ngx_buf_t *b;
    ngx_chain_t *cl;

    b = size > 0 ? ngx_create_temp_buf(r->pool, size) : ngx_calloc_buf(r->pool);
    cl = ngx_alloc_chain_link(r->pool);
    if (b == NULL || cl == NULL) {
        return NGX_ERROR;
    }

    if (size > 0) {
        b->last = ngx_cpymem(b->pos, from->pos, size);
        from->pos = from->last;
    }

    b->last_buf = from->last_buf;
    b->last_in_chain = from->last_in_chain;
    b->flush = from->flush;
    b->sync = size == 0 && !from->last_buf && !from->flush;
    cl->buf = b;
    cl->next = NULL;
    *ctx->last_held = cl;
    ctx->last_held = &cl->next;
    return NGX_OK;
}


static ngx_int_t
ngx_http_coraza_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    int result;
    ngx_buf_t *b;
    ngx_int_t rc;
    ngx_uint_t last = 0;
    ngx_chain_t *cl;
    ngx_http_coraza_ctx_t *ctx;

    ctx = r != r->main ? NULL : ngx_http_get_module_ctx(r, ngx_http_coraza_module);
    if (ctx == NULL || !ctx->holding) {
        return ngx_http_coraza_next_body_filter(r, in);
    }

    for (cl = in; cl != NULL; cl = cl->next) {
        b = cl->buf;
        if (!ngx_buf_in_memory(b) && ngx_buf_size(b) > 0) {
            ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "coraza: a response body is not in memory");
            ctx->status = NGX_HTTP_INTERNAL_SERVER_ERROR;
            return ngx_http_coraza_replace(r, ctx);
        }

        if (ngx_buf_in_memory(b) && b->last > b->pos) {
            ngx_http_coraza_request = r;
            result = ngx_http_coraza->append_response_body(ctx->tx, b->pos, (int) (b->last - b->pos));
            ngx_http_coraza_request = NULL;
            if (result == CORAZA_OK) {
                coraza_intervention_t *intervention = ngx_http_coraza->intervention(ctx->tx);
                if (intervention != NULL) {
                    ngx_http_coraza->free_intervention(intervention);
                    result = CORAZA_INTERRUPTION;
                }
            }
            if (ngx_http_coraza_verdict(r, ctx, result) != NGX_OK) {
                return ngx_http_coraza_replace(r, ctx);
            }
        }

        last |= b->last_buf;
        if (ngx_http_coraza_hold(r, ctx, b) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    /* At the end, and once the library has all that it looks at. */
    if (!last && ngx_http_coraza->is_response_body_processable(ctx->tx)) {
        return NGX_OK;
    }

    rc = ngx_http_coraza_release(r, ctx);
    return rc;
}


void
ngx_http_coraza_init_filters(void)
{
    ngx_http_coraza_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_coraza_header_filter;

    ngx_http_coraza_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_coraza_body_filter;
}
