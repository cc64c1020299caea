/*
 * Rules are compiled while the configuration is read, in a child process: the master must not hold V8, whose threads a
 * forked worker would not have. The child also leaves the compiled rules in a memory file, from which workers start.
 */
#include "ngx_http_coraza_common.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define NGX_HTTP_CORAZA_CHECK_SECONDS 120

static const char *ngx_http_coraza_check_rules(ngx_http_coraza_main_conf_t *mcf, int pipe);


static void
ngx_http_coraza_say(int descriptor, const char *text)
{
    size_t length;
    ssize_t n;

    for (length = ngx_strlen(text); length > 0; text += n, length -= (size_t) n) {
        n = write(descriptor, text, length);
        if (n < 0 && ngx_errno == NGX_EINTR) {
            n = 0;
        }
        if (n < 0) {
            return;
        }
    }
}


/* The child. Says "E" and errors, or "W" and why there is no snapshot, or "O". */
static void
ngx_http_coraza_check_child(ngx_http_coraza_main_conf_t *mcf, int descriptor)
{
    char *error = NULL;
    const char *message;

    alarm(NGX_HTTP_CORAZA_CHECK_SECONDS);
    message = ngx_http_coraza_check_rules(mcf, descriptor);
    if (message != NULL) {
        ngx_http_coraza_say(descriptor, "E");
        ngx_http_coraza_say(descriptor, message);
        return;
    }

    if (mcf->snapshot == -1 || ngx_http_coraza->snapshot_write == NULL) {
        ngx_http_coraza_say(descriptor, "O");
    } else if (ngx_http_coraza->snapshot_write(mcf->snapshot, &error) == 0) {
        ngx_http_coraza_say(descriptor, "O");
    } else {
        ngx_http_coraza_say(descriptor, "W");
        ngx_http_coraza_say(descriptor, error);
    }
}


static const char *
ngx_http_coraza_check_rules(ngx_http_coraza_main_conf_t *mcf, int descriptor)
{
    char *error;
    ngx_uint_t i;
    const char *message = NULL;
    ngx_http_coraza_waf_t **wafs;

    if (ngx_http_coraza_load(&mcf->library, &message) != NGX_OK) {
        return message;
    }

    if (ngx_http_coraza->snapshot_begin != NULL && ngx_http_coraza->snapshot_begin() != 0) {
        return "libcoraza does not start";
    }

    wafs = mcf->wafs.elts;
    for (i = 0; i < mcf->wafs.nelts; i++) {
        wafs[i]->handle = ngx_http_coraza_new_waf(wafs[i], &error);
        if (wafs[i]->handle == 0) {
            return error == NULL ? "the rules cannot be used" : error;
        }
        if (ngx_http_coraza->rules_count(wafs[i]->handle) == 0) {
            return "\"coraza on\" with directives that hold no rule";
        }
    }

    return NULL;
}


/* Reads what the child says, until it ends or takes too long. Empty when it died. */
static ngx_int_t
ngx_http_coraza_listen(ngx_conf_t *cf, int descriptor, ngx_str_t *said)
{
    ssize_t n;
    u_char *grown;
    size_t capacity = 0;
    time_t end = time(NULL) + NGX_HTTP_CORAZA_CHECK_SECONDS;
    struct pollfd event = { descriptor, POLLIN, 0 };

    ngx_str_null(said);
    for ( ;; ) {
        if (said->len + 1024 > capacity) {
            capacity = capacity == 0 ? 8192 : capacity * 2;
            grown = ngx_palloc(cf->temp_pool, capacity);
            if (grown == NULL) {
                return NGX_ERROR;
            }
            ngx_memcpy(grown, said->data, said->len);
            said->data = grown;
        }

        n = poll(&event, 1, 1000);
        if (n == 0 && time(NULL) < end) {
            continue;
        }
        if (n == 0) {
            return NGX_ERROR;
        }

        n = n < 0 ? -1 : read(descriptor, said->data + said->len, capacity - said->len - 1);
        if (n < 0 && ngx_errno == NGX_EINTR) {
            continue;
        }
        if (n <= 0) {
            said->data[said->len] = '\0';
            return NGX_OK;
        }
        said->len += (size_t) n;
    }
}


static void
ngx_http_coraza_close_snapshot(void *data)
{
    ngx_http_coraza_main_conf_t *mcf = data;

    if (mcf->snapshot != -1) {
        close(mcf->snapshot);
        mcf->snapshot = -1;
    }
}


ngx_int_t
ngx_http_coraza_check(ngx_conf_t *cf, ngx_http_coraza_main_conf_t *mcf)
{
    int pipes[2];
    pid_t child;
    u_char *line, *next;
    sigset_t chld, before;
    ngx_int_t rc;
    ngx_str_t said;
    ngx_pool_cleanup_t *cln;

    if (mcf->wafs.nelts == 0 || ngx_process == NGX_PROCESS_SIGNALLER) {
        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }
    cln->handler = ngx_http_coraza_close_snapshot;
    cln->data = mcf;

    mcf->snapshot = ngx_test_config ? -1 : memfd_create("coraza-rules", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (pipe2(pipes, O_CLOEXEC) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "coraza: no pipe for checking rules");
        return NGX_ERROR;
    }

    /* Otherwise nginx's handler takes the child's end for that of a worker it does not know. */
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &before);

    child = fork();
    if (child == 0) {
        close(pipes[0]);
        ngx_http_coraza_check_child(mcf, pipes[1]);
        _exit(0);
    }

    close(pipes[1]);
    if (child == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, "coraza: no process for checking rules");
        rc = NGX_ERROR;
        ngx_str_null(&said);
    } else {
        rc = ngx_http_coraza_listen(cf, pipes[0], &said);
        if (rc != NGX_OK) {
            kill(child, SIGKILL);
        }
        while (waitpid(child, NULL, 0) == -1 && ngx_errno == NGX_EINTR) { /* void */ }
    }
    close(pipes[0]);
    sigprocmask(SIG_SETMASK, &before, NULL);

    if (child == -1) {
        return NGX_ERROR;
    }

    if (rc == NGX_OK && said.len > 0 && said.data[0] == 'O') {
        /* Workers inherit the descriptor; none of them shall change what the next one runs. */
        if (mcf->snapshot != -1
            && fcntl(mcf->snapshot, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
        {
            ngx_conf_log_error(NGX_LOG_WARN, cf, ngx_errno, "coraza: the snapshot cannot be sealed and is not used");
            ngx_http_coraza_close_snapshot(mcf);
        }
        return NGX_OK;
    }

    if (rc == NGX_OK && said.len > 0 && said.data[0] == 'W') {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "coraza: %s; every worker compiles its rules itself", said.data + 1);
        ngx_http_coraza_close_snapshot(mcf);
        return NGX_OK;
    }

    if (said.len < 2) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "coraza: the process that checks the rules died or took too long");
        return NGX_ERROR;
    }

    for (line = said.data + 1; *line != '\0'; line = next) {
        next = line + strcspn((char *) line, "\n");
        if (next != line) {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "coraza: %*s", (size_t) (next - line), line);
        }
        if (*next == '\n') {
            next++;
        }
    }

    return NGX_ERROR;
}
