/* The key of fingerprints of secrets: drawn once, kept in weir.yaml. */
#include "base/buf.h"
#include "cmd/baseline_command.h"
#include "policy/config.h"
#include "sys/file.h"

#include <sys/random.h>

void baseline_draw_key(struct cmd_context *context, struct secrets_options *secrets) {
        struct str bytes = { (const char *)secrets->key.bytes, SECRET_KEY_SIZE };

        if (secrets->has_key)
                return;
        if (getrandom(secrets->key.bytes, SECRET_KEY_SIZE, 0) != SECRET_KEY_SIZE)
                return;
        secrets->known_key = hex_encode(context->arena, bytes);
        secrets->has_key = true;
}

/* Where the line `secrets:` ends; SIZE_MAX where there is none. */
static size_t end_of_section(struct str text) {
        struct str rest = text, line;

        while (str_next_line(&rest, &line))
                if (str_eq(str_trim(line), STR("secrets:")) && line.ptr[0] == 's')
                        return (size_t)(line.ptr - text.ptr) + line.len + 1;
        return SIZE_MAX;
}

static struct str with_key(struct arena *arena, struct str text, struct str key) {
        size_t at = end_of_section(text);
        struct buf out = buf_make(arena);

        if (at != SIZE_MAX && at <= text.len) {
                buf_printf(&out, "%.*s  key: \"%.*s\"\n%.*s", STR_ARG(str_slice(text, 0, at)),
                           STR_ARG(key), STR_ARG(str_slice(text, at, text.len)));
                return buf_str(&out);
        }
        buf_add(&out, text);
        if (text.len && !str_has_suffix(text, STR("\n")))
                buf_add_char(&out, '\n');
        buf_printf(&out, "secrets:\n  key: \"%.*s\"\n", STR_ARG(key));
        return buf_str(&out);
}

/* The new text has to mean what the old one meant, and the key. */
static bool check_text(struct cmd_context *context, struct str text, struct str key,
                       struct err *err) {
        struct config config = config_default(context->arena);

        if (config_read(&config, CONFIG_FILE, text, err) && str_eq(config.secrets_key.value, key))
                return true;
        err_at(err, ERR_UNSUPPORTED, CONFIG_FILE, 0, 0, "there is no place for the key of secrets");
        return err_mend(err, "add it by hand, and write the baseline again: secrets: {key: %.*s}",
                        STR_ARG(key));
}

bool baseline_keep_key(struct cmd_context *context, const struct report *report,
                       const struct secrets_options *secrets, struct err *err) {
        struct str path = str_join_path(context->arena, report->path, CONFIG_FILE);
        struct str text = STR_NONE;
        struct config config = config_default(context->arena);

        if (!file_read(context->arena, path, CONFIG_SIZE_MAX, &text, err) &&
            err->code != ERR_NOT_FOUND)
                return false;
        if (text.len && config_read(&config, CONFIG_FILE, text, err) &&
            config.secrets_key.value.len)
                return true;
        text = with_key(context->arena, text, secrets->known_key);
        return check_text(context, text, secrets->known_key, err) &&
               file_write(path, text, 0666, err);
}
