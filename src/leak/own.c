#include "leak/own.h"

/* leak/make_data.py */
extern const char own_text_start[], own_text_end[], own_database_start[], own_database_end[];

struct str own_rules_text(void) {
        return (struct str){ own_text_start, (size_t)(own_text_end - own_text_start) };
}

struct str own_rules_database(void) {
        return (struct str){ own_database_start, (size_t)(own_database_end - own_database_start) };
}
