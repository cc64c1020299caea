/* Assertions that count and go on. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int passed, failed;

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (condition) {                                                    \
            passed++;                                                       \
        } else {                                                            \
            failed++;                                                       \
            printf("FAIL %s:%d: %s\n", __FILE__, __LINE__, #condition);     \
        }                                                                   \
    } while (0)

#define REPORT()                                                            \
    do {                                                                    \
        printf("%d passed, %d failed\n", passed, failed);                   \
        return failed == 0 ? 0 : 1;                                         \
    } while (0)

#endif
