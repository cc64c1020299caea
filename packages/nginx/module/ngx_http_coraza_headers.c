/* Header lists in the form that coraza_add_request_headers takes. */
#include "ngx_http_coraza_common.h"

static void
ngx_http_coraza_put(u_char **p, ngx_str_t *name, ngx_str_t *value)
{
    u_char *at = *p;
    size_t name_length = ngx_min(name->len, 65535);

    *at++ = (u_char) (name_length >> 8);
    *at++ = (u_char) name_length;
    at = ngx_cpymem(at, name->data, name_length);
    *at++ = (u_char) (value->len >> 24);
    *at++ = (u_char) (value->len >> 16);
    *at++ = (u_char) (value->len >> 8);
    *at++ = (u_char) value->len;
    *p = ngx_cpymem(at, value->data, value->len);
}


ngx_int_t
ngx_http_coraza_pack(ngx_http_request_t *r, ngx_list_t *headers, ngx_str_t *extra, ngx_uint_t pairs, ngx_str_t *packed,
    ngx_uint_t *count)
{
    u_char *p;
    size_t size = 0;
    ngx_uint_t i;
    ngx_list_part_t *part;
    ngx_table_elt_t *header;

    for (i = 0; i < pairs; i++) {
        size += 6 + extra[2 * i].len + extra[2 * i + 1].len;
    }
    for (part = &headers->part; part != NULL; part = part->next) {
        header = part->elts;
        for (i = 0; i < part->nelts; i++) {
            size += 6 + header[i].key.len + header[i].value.len;
        }
    }

    p = ngx_pnalloc(r->pool, size + 1);
    if (p == NULL || size > NGX_MAX_INT32_VALUE) {
        return NGX_ERROR;
    }

    packed->data = p;
    *count = pairs;
    for (i = 0; i < pairs; i++) {
        ngx_http_coraza_put(&p, &extra[2 * i], &extra[2 * i + 1]);
    }
    for (part = &headers->part; part != NULL; part = part->next) {
        header = part->elts;
        for (i = 0; i < part->nelts; i++) {
            /* nginx takes headers out of a list by clearing their hash. */
            if (header[i].hash != 0) {
                ngx_http_coraza_put(&p, &header[i].key, &header[i].value);
                (*count)++;
            }
        }
    }

    packed->len = (size_t) (p - packed->data);
    return NGX_OK;
}
