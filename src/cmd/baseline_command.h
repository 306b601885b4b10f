/* cmd/baseline_command.h: the parts of `weir baseline`. */
#pragma once

#include "check/report.h"
#include "cmd/cmd.h"

/* Draws a key for fingerprints of secrets where the repository has none yet. */
void baseline_draw_key(struct cmd_context *context, struct secrets_options *secrets);

/* Writes it into weir.yaml, so that all who judge the repository get the same fingerprints; does
 * nothing where it is there. ERR_UNSUPPORTED where the file's form leaves no place for it. */
MUST_USE bool baseline_keep_key(struct cmd_context *context, const struct report *report,
                                const struct secrets_options *secrets, struct err *err);

/* What another tool's baseline names: gitleaks' JSON report, or detect-secrets' .secrets.baseline.
 */
struct baseline_import;
MUST_USE bool baseline_import_read(struct cmd_context *context, struct str file,
                                   struct baseline_import **ret_import, struct err *err);

/* Whether it names the finding: its file and line. */
bool baseline_import_has(const struct baseline_import *import, const struct finding *finding);

/* Says how many of its entries are found no more. */
void baseline_import_tell(struct cmd_context *context, const struct baseline_import *import);
