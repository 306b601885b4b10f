#include "hook/commit_message.h"

#include "base/buf.h"

#include <string.h>

#define SCISSORS STR("------------------------ >8 ------------------------")
#define AUTO_MARKS STR("#;@!$%^&|:") /* git's builtin/commit.c, adjust_comment_line_char */

/* ---- the comment mark ---- */

/* A mark of one byte before the scissors, or before git's last line of hints. */
static bool is_auto_mark(struct str line) {
        return line.len && str_find(AUTO_MARKS, line.ptr[0]) != SIZE_MAX &&
               (line.len == 1 || line.ptr[1] == ' ' || line.ptr[1] == '\t');
}

static struct str auto_comment(struct str text) {
        struct str rest = text, line, last = STR_NONE;

        while (str_next_line(&rest, &line)) {
                if (is_auto_mark(line) && str_eq(str_slice(line, 2, line.len), SCISSORS))
                        return str_slice(line, 0, 1);
                if (str_trim(line).len)
                        last = line;
        }
        return is_auto_mark(last) ? str_slice(last, 0, 1) : STR("#");
}

static const struct cleanup {
        struct str word;
        bool strips_edited, strips_unedited, cuts_edited;
} cleanups[] = {
        { STR_INIT("default"), true, false, true },
        { STR_INIT("strip"), true, true, true },
        { STR_INIT("whitespace"), false, false, true },
        { STR_INIT("verbatim"), false, false, true },
        { STR_INIT("scissors"), false, false, true },
};

struct commit_message commit_message_read(struct str text, struct str cleanup, struct str comment,
                                          bool editor_used) {
        const struct cleanup *mode = &cleanups[0];
        struct commit_message message = { .text = text };

        for (size_t i = 0; i < COUNT_OF(cleanups); i++)
                if (str_eq(cleanups[i].word, cleanup))
                        mode = &cleanups[i];
        message.strips_comments = editor_used ? mode->strips_edited : mode->strips_unedited;
        message.cuts = editor_used && mode->cuts_edited;
        if (str_eq_fold(comment, STR("auto")))
                comment = auto_comment(text);
        message.comment = comment.len ? comment : STR("#");
        return message;
}

/* ---- what is kept ---- */

static bool is_scissors(const struct commit_message *message, struct str line) {
        return str_has_prefix(line, message->comment) && line.len > message->comment.len &&
               line.ptr[message->comment.len] == ' ' &&
               str_eq(str_slice(line, message->comment.len + 1, line.len), SCISSORS);
}

size_t commit_message_end(const struct commit_message *message) {
        struct str rest = message->text, line;

        while (message->cuts && str_next_line(&rest, &line))
                if (is_scissors(message, line))
                        return (size_t)(line.ptr - message->text.ptr);
        return message->text.len;
}

static struct str without_spaces(struct str line) {
        while (line.len && strchr(" \t\r\v\f", line.ptr[line.len - 1]))
                line.len--;
        return line;
}

struct str commit_message_clean(const struct commit_message *message, struct arena *arena) {
        struct str rest = str_slice(message->text, 0, commit_message_end(message)), line;
        struct buf out = buf_make(arena);
        bool blank = false;

        while (str_next_line(&rest, &line)) {
                if (message->strips_comments && str_has_prefix(line, message->comment))
                        continue;
                line = without_spaces(line);
                if (!line.len) {
                        blank = out.len > 0;
                        continue;
                }
                if (blank)
                        buf_add_char(&out, '\n');
                blank = false;
                buf_add(&out, line);
                buf_add_char(&out, '\n');
        }
        return buf_str(&out);
}

bool commit_message_is_made(struct str cleaned) {
        static const struct str starts[] = {
                STR_INIT("Merge branch "),
                STR_INIT("Merge branches "),
                STR_INIT("Merge tag "),
                STR_INIT("Merge commit "),
                STR_INIT("Merge commits "),
                STR_INIT("Merge remote-tracking branch"),
                STR_INIT("Merge pull request "),
                STR_INIT("Merge merge request "),
                STR_INIT("Revert \""),
                STR_INIT("Reapply \""),
                STR_INIT("fixup! "),
                STR_INIT("squash! "),
                STR_INIT("amend! "),
                /* What `git rebase -i` puts together is looked at when it is done. */
        };

        for (size_t i = 0; i < COUNT_OF(starts); i++)
                if (str_has_prefix(cleaned, starts[i]))
                        return true;
        return false;
}
