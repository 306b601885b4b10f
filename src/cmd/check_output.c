#include "cmd/check_command.h"

#include "sys/file.h"

#define WIDTH 80 /* columns of the text report */

struct target {
        struct check_outputs *all;
        struct check_output output;
        struct format_style style;
};

struct check_outputs {
        struct cmd_context *context;
        struct target *targets;
        struct sink *sinks;
        size_t count;
        struct progress *progress;
        struct err err; /* the first failure to write */
};

static void on_check(void *ctx, const struct report *report, const struct report_check *check) {
        struct target *target = ctx;
        AUTO_ARENA scratch = arena_make(target->all->context->arena->budget);
        struct buf out = buf_make(&scratch);
        FILE *to = target->all->context->out;

        target->output.format->check_finished(&out, &target->style, report, check);
        progress_hide(target->all->progress);
        if (out.len)
                fwrite(out.ptr, 1, out.len, to);
        fflush(to);
}

/* A report in a file appears whole or not at all. */
static void write_out(struct target *target, struct str text) {
        struct check_outputs *all = target->all;
        struct err err;

        if (!target->output.file.len) {
                if (text.len)
                        fwrite(text.ptr, 1, text.len, all->context->out);
        } else if (!file_write_to(target->output.file, text, 0666, &err) && !all->err.code) {
                all->err = err;
                err_context(&all->err, "writing the %s report", target->output.format->name);
        }
}

static void on_finish(void *ctx, const struct report *report) {
        struct target *target = ctx;
        AUTO_ARENA scratch = arena_make(target->all->context->arena->budget);
        struct buf out = buf_make(&scratch);
        bool live = !target->output.file.len;

        progress_hide(target->all->progress);
        /* In a file nobody watches: the whole text is written at the end. */
        if (target->output.format->check_finished && !live)
                for (size_t i = 0; i < report->checks.count; i++)
                        target->output.format->check_finished(&out, &target->style, report,
                                                              &report->checks.items[i]);
        target->output.format->finished(&out, &target->style, report);
        write_out(target, buf_str(&out));
}

struct check_outputs *check_outputs_make(struct cmd_context *context,
                                         const struct check_options *options) {
        struct check_outputs *all = ARENA_NEW(context->arena, struct check_outputs);

        all->context = context;
        all->progress = options->facts.progress;
        all->count = options->outputs.count;
        all->targets = ARENA_ARRAY(context->arena, struct target, all->count);
        all->sinks = ARENA_ARRAY(context->arena, struct sink, all->count);
        for (size_t i = 0; i < all->count; i++) {
                const struct check_output *output = &options->outputs.items[i];
                bool live = !output->file.len && output->format->check_finished;

                all->targets[i] = (struct target){
                        .all = all,
                        .output = *output,
                        .style = { context->lang, options->colour && !output->file.len, WIDTH },
                };
                all->sinks[i] = (struct sink){ .ctx = &all->targets[i],
                                               .check_finished = live ? on_check : NULL,
                                               .finished = on_finish };
        }
        return all;
}

const struct sink *check_outputs_sinks(struct check_outputs *outputs, size_t *ret_count) {
        *ret_count = outputs->count;
        return outputs->sinks;
}

bool check_outputs_ok(const struct check_outputs *outputs, struct err *err) {
        if (outputs->err.code)
                *err = outputs->err;
        return !outputs->err.code;
}
