#include "sys/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t requested;

static void on_signal(int number UNUSED) {
        requested = 1;
}

void interrupt_watch(void) {
        struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
        static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

        sigemptyset(&action.sa_mask);
        for (size_t i = 0; i < COUNT_OF(signals); i++)
                sigaction(signals[i], &action, NULL);
}

bool interrupt_requested(void) {
        return requested != 0;
}
