/* report/report_schema.h: docs/report.schema.json, as it was when the program was built. */
#pragma once

extern const char report_schema[];
