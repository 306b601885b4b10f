#include "sys/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define THREADS_MAX 64
#define STACK_SIZE ((size_t)1 << 20)

struct job {
        _Atomic size_t next;
        size_t count;
        void (*task)(void *ctx, size_t index);
        void *ctx;
};

unsigned pool_processors(void) {
        cpu_set_t set;
        int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

        return count < 1 ? 1 : (unsigned)count;
}

static void *work(void *arg) {
        struct job *job = arg;
        size_t index;

        while ((index = atomic_fetch_add(&job->next, 1)) < job->count)
                job->task(job->ctx, index);
        return NULL;
}

static unsigned start(pthread_t *threads, unsigned wanted, struct job *job) {
        pthread_attr_t attr;
        unsigned started = 0;

        pthread_attr_init(&attr);
        pthread_attr_setstacksize(&attr, STACK_SIZE);
        while (started < wanted && pthread_create(&threads[started], &attr, work, job) == 0)
                started++;
        pthread_attr_destroy(&attr);
        return started;
}

void pool_each(size_t count, unsigned threads, void (*task)(void *ctx, size_t index), void *ctx) {
        pthread_t ids[THREADS_MAX];
        struct job job = { .count = count, .task = task, .ctx = ctx };
        size_t wanted = MIN_OF(threads ? threads : pool_processors(), (unsigned)THREADS_MAX);
        unsigned started;

        if (count == 0)
                return;
        started = start(ids, (unsigned)MIN_OF(wanted, count) - 1, &job);
        work(&job);
        for (unsigned i = 0; i < started; i++)
                pthread_join(ids[i], NULL);
}
