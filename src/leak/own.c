#include "leak/own.h"

/* leak/make_data.py */
extern const char own_packed_start[], own_packed_end[], own_database_start[], own_database_end[];

struct str own_rules_packed(void) {
        return (struct str){ own_packed_start, (size_t)(own_packed_end - own_packed_start) };
}

struct str own_rules_database(void) {
        return (struct str){ own_database_start, (size_t)(own_database_end - own_database_start) };
}
