/* What this implementation of libcoraza offers beyond the common interface. */
#ifndef CORAZA_CUIRASS_H
#define CORAZA_CUIRASS_H

#include <stddef.h>

#include "coraza/coraza.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Start-up snapshots. A process that only prepares calls cuirass_snapshot_begin before its first WAF, makes its WAFs
 * (which also tells whether the rules are good) and calls cuirass_snapshot_write; it cannot run transactions.
 * Another process hands the bytes to cuirass_snapshot_use before its first WAF; WAFs of the same rules then need no
 * compilation. The bytes are trusted like code: keep them where nobody else can write.
 */
int cuirass_snapshot_begin(void);
/* 0, or -1 with a malloc'd message. */
int cuirass_snapshot_write(int descriptor, char **err);
/* 0, or -1 with the malloc'd reason for not using it: made by another V8, library or with other flags, or damaged. The
 * memory must stay mapped until the process ends. */
int cuirass_snapshot_use(const void *data, size_t length, char **err);

/* Text of a macro such as "%{tx.blocking_inbound_anomaly_score}" (malloc'd), NULL when there is none. */
char *cuirass_expand(coraza_transaction_t tx, const char *macro);

/* Limits; to be set before the first WAF. */
typedef enum cuirass_limit_t {
    /* CPU milliseconds of one call; default 2000. */
    CUIRASS_LIMIT_CALL_MS = 0,
    /* Megabytes of JavaScript heap; default 512. */
    CUIRASS_LIMIT_HEAP_MB = 1,
    /* Megabytes of buffers beside the heap; default 512. */
    CUIRASS_LIMIT_BUFFERS_MB = 2
} cuirass_limit_t;
int cuirass_set_limit(cuirass_limit_t limit, long value);

#ifdef __cplusplus
}
#endif

#endif
