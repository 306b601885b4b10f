/* sys/interrupt.h: the wish to stop, from Ctrl-C or a kill.
 *
 * Signals reach a whole process, so this is the one variable of the program that is not passed. */
#pragma once

#include "base/macros.h"

/* From now on the first SIGINT, SIGTERM or SIGHUP only sets the flag; a second one ends the process
 * at once. Calling it again changes nothing. */
void interrupt_watch(void);

/* Whether one has come. Cheap: loops over many files ask it. */
bool interrupt_requested(void);
