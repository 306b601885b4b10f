#include "report/report_format.h"

#define FORMAT(name) extern const struct report_format format_##name;
#include "report/formats.def"
#undef FORMAT

const struct report_format *const report_formats[] = {
#define FORMAT(name) &format_##name,
#include "report/formats.def"
#undef FORMAT
};
const size_t report_format_count = COUNT_OF(report_formats);

const struct report_format *report_format_find(struct str name) {
        for (size_t i = 0; i < report_format_count; i++)
                if (str_eq(name, str_of(report_formats[i]->name)))
                        return report_formats[i];
        return NULL;
}
