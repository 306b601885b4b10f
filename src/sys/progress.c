#include "sys/progress.h"

#include "sys/clock.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define FIRST_NS 1000000000u /* quiet until then */
#define TICK_NS 200000000

struct progress {
        pthread_t thread;
        pthread_mutex_t lock; /* guards what is on the screen */
        _Atomic bool stopped;
        const char *_Atomic doing;
        char text[PROGRESS_TEXT_MAX]; /* what doing points to where it is no literal */
        uint64_t start_ns;
        bool shown;
};

static void wipe(struct progress *progress) {
        if (progress->shown)
                fputs("\r\033[K", stderr);
        progress->shown = false;
}

static void show(struct progress *progress) {
        uint64_t spent = clock_now_ns() - progress->start_ns;
        const char *doing = progress->doing;

        if (spent < FIRST_NS || !doing)
                return;
        pthread_mutex_lock(&progress->lock);
        doing = progress->doing;
        fprintf(stderr, "\r\033[Kweir: %s (%llu s)", doing,
                (unsigned long long)(spent / 1000000000u));
        fflush(stderr);
        progress->shown = true;
        pthread_mutex_unlock(&progress->lock);
}

static void *run(void *arg) {
        static const struct timespec tick = { .tv_nsec = TICK_NS };
        struct progress *progress = arg;

        while (!progress->stopped) {
                nanosleep(&tick, NULL);
                show(progress);
        }
        return NULL;
}

struct progress *progress_start(void) {
        struct progress *progress = isatty(STDERR_FILENO) ? calloc(1, sizeof(*progress)) : NULL;

        if (!progress)
                return NULL;
        pthread_mutex_init(&progress->lock, NULL);
        progress->start_ns = clock_now_ns();
        if (pthread_create(&progress->thread, NULL, run, progress) == 0)
                return progress;
        free(progress);
        return NULL;
}

void progress_stop(struct progress **progress) {
        if (!*progress)
                return;
        (*progress)->stopped = true;
        pthread_join((*progress)->thread, NULL);
        wipe(*progress);
        free(*progress);
        *progress = NULL;
}

void progress_say(struct progress *progress, const char *doing) {
        if (progress)
                progress->doing = doing;
}

void progress_tell(struct progress *progress, const char *format, ...) {
        va_list args;

        if (!progress)
                return;
        va_start(args, format);
        pthread_mutex_lock(&progress->lock);
        vsnprintf(progress->text, sizeof(progress->text), format, args);
        progress->doing = progress->text;
        pthread_mutex_unlock(&progress->lock);
        va_end(args);
}

void progress_hide(struct progress *progress) {
        if (!progress)
                return;
        pthread_mutex_lock(&progress->lock);
        wipe(progress);
        pthread_mutex_unlock(&progress->lock);
}
