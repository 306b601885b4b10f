/* Files of weir init: compared, shown, written. */
#include "cmd/init_command.h"

#include "gitrepo/diff.h"
#include "sys/file.h"

#define FILE_MAX ((size_t)1 << 20) /* bytes of a file that is compared */

static struct str folder_of(struct str path) {
        struct str folder = STR_NONE, name;

        str_cut_last(path, '/', &folder, &name);
        return folder;
}

static bool is_below(struct str path, struct str root) {
        struct str rest = str_drop_prefix(path, root);

        return str_eq(path, root) || str_eq(root, STR("/")) ||
               (rest.len < path.len && rest.ptr[0] == '/');
}

static bool refuse_place(struct str path, const char *why, struct err *err) {
        err_at(err, ERR_UNSUPPORTED, path, 0, 0, "%s", why);
        return err_mend(err, "remove what lies there, then run weir init again");
}

/* The deepest folder of the way to the file that exists must lie in the repository. */
static bool check_folder(struct cmd_context *context, struct str root, struct str path,
                         struct err *err) {
        struct str folder = folder_of(path), at, real;
        struct stat ignored;

        for (;;) {
                at = str_join_path(context->arena, root, folder);
                if (!folder.len || file_lstat(at, &ignored))
                        break;
                folder = folder_of(folder);
        }
        if (!file_real_path(context->arena, at, &real, err))
                return false;
        if (!file_is_dir(real))
                return refuse_place(folder, "is not a folder", err);
        if (!is_below(real, root))
                return refuse_place(folder, "is a symlink that leads out of the repository", err);
        return true;
}

static bool read_before(struct cmd_context *context, struct str path, struct str whole,
                        struct init_file *file, struct err *err) {
        struct stat st;

        file->fate = INIT_CREATED;
        if (!file_lstat(whole, &st))
                return true;
        if (S_ISLNK(st.st_mode))
                return refuse_place(path, "is a symlink; weir init writes no file through one",
                                    err);
        if (!S_ISREG(st.st_mode))
                return refuse_place(path, "is no regular file", err);
        if (!file_read(context->arena, whole, FILE_MAX, &file->before, err))
                return false;
        if (str_eq(file->before, file->text))
                file->fate = INIT_UNCHANGED;
        else
                file->fate = file->is_theirs ? INIT_KEPT : INIT_DIFFERS;
        return true;
}

bool init_files_compare(struct cmd_context *context, struct init_files *files, struct err *err) {
        for (size_t i = 0; i < files->count; i++) {
                struct init_file *file = &files->items[i];
                struct str whole = str_join_path(context->arena, files->root, file->path);

                if (!check_folder(context, files->root, file->path, err) ||
                    !read_before(context, file->path, whole, file, err))
                        return err_context(err, "looking at %.*s", STR_ARG(file->path));
        }
        return true;
}

bool init_files_differ(const struct init_files *files) {
        for (size_t i = 0; i < files->count; i++)
                if (files->items[i].fate == INIT_DIFFERS)
                        return true;
        return false;
}

/* In the order of enum init_fate; the second row: nothing is written. */
static const struct text fates[][2] = {
        { { "created", "已创建" }, { "would be created", "将创建" } },
        { { "unchanged", "未变" }, { "unchanged", "未变" } },
        { { "replaced", "已替换" }, { "differs", "有差异" } },
        { { "kept: it is yours", "保留：由你维护" }, { "kept: it is yours", "保留：由你维护" } },
};

static bool show(struct cmd_context *context, const struct init_file *file, struct err *err) {
        bool is_new = file->fate == INIT_CREATED;
        struct str diff;

        if (file->fate != INIT_DIFFERS && !is_new)
                return true;
        if (!diff_texts(context->arena, file->path, is_new ? NULL : &file->before, file->text,
                        &diff, err))
                return false;
        fwrite(diff.ptr, 1, diff.len, context->out);
        return true;
}

bool init_files_tell(struct cmd_context *context, const struct init_files *files, bool writes,
                     bool shows, struct err *err) {
        for (size_t i = 0; i < files->count; i++) {
                const struct init_file *file = &files->items[i];

                fprintf(context->out, "%.*s: %s\n", STR_ARG(file->path),
                        text_in(&fates[file->fate][!writes], context->lang));
                /* A file that is replaced or stands in the way is always shown. */
                if ((shows || file->fate == INIT_DIFFERS) && !show(context, file, err))
                        return false;
        }
        return true;
}

bool init_files_write(struct cmd_context *context, const struct init_files *files,
                      struct err *err) {
        for (size_t i = 0; i < files->count; i++) {
                const struct init_file *file = &files->items[i];
                struct str whole = str_join_path(context->arena, files->root, file->path);

                if (file->fate != INIT_CREATED && file->fate != INIT_DIFFERS)
                        continue;
                if (!file_make_dirs(folder_of(whole), err) ||
                    !file_write(whole, file->text, 0666, err))
                        return err_context(err, "writing %.*s", STR_ARG(file->path));
        }
        return true;
}
