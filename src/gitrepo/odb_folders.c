/* Where the objects lie: the repository's folder, those of the environment, and what their
 * info/alternates name. */
#include "gitrepo/odb_impl.h"
#include "gitrepo/repo_impl.h"

#define ALTERNATES_FILE_MAX ((size_t)1 << 20)

static bool is_known(const struct odb *odb, struct str folder) {
        for (size_t i = 0; i < odb->folder_count; i++)
                if (str_eq(odb->folders[i], folder))
                        return true;
        return false;
}

/* A folder that is not there has no objects; what it should have shows by its absence. */
static bool add_folder(struct odb *odb, struct str path, struct err *err) {
        struct str real;
        struct err ignored;

        if (!file_real_path(odb->arena, path, &real, &ignored) || is_known(odb, real))
                return true;
        if (odb->folder_count == ODB_FOLDERS_MAX)
                return err_at(err, ERR_LIMIT, path, 0, 0, "over %d object folders",
                              ODB_FOLDERS_MAX);
        odb->folders[odb->folder_count++] = real;
        return true;
}

/* A name in quotes is quoted as in C (gitrepository-layout(5), objects/info/alternates). */
static struct str unquote(struct arena *arena, struct str line) {
        char *out;
        size_t len = 0;

        if (!str_has_prefix(line, STR("\"")) || !str_has_suffix(line, STR("\"")) || line.len < 2)
                return line;
        out = arena_alloc(arena, line.len);
        for (size_t at = 1; at + 1 < line.len; at++) {
                if (line.ptr[at] == '\\' && at + 2 < line.len)
                        at++;
                out[len++] = line.ptr[at];
        }
        return (struct str){ out, len };
}

static bool add_alternates(struct odb *odb, struct str folder, struct err *err) {
        struct str path = str_join_path(odb->arena, folder, STR("info/alternates"));
        struct str text, line;

        if (!file_is_regular(path))
                return true;
        if (!file_read(odb->arena, path, ALTERNATES_FILE_MAX, &text, err))
                return err_context(err, "looking for the objects");
        while (str_next_line(&text, &line)) {
                struct str other = unquote(odb->arena, line);

                if (!line.len || line.ptr[0] == '#')
                        continue;
                if (other.len && other.ptr[0] != '/')
                        other = str_join_path(odb->arena, folder, other);
                if (!add_folder(odb, other, err))
                        return false;
        }
        return true;
}

bool odb_find_folders(struct odb *odb, struct err *err) {
        size_t done = 0;

        for (size_t i = 0; i < odb->repo->object_dir_count; i++)
                if (!add_folder(odb, str_of(odb->repo->object_dirs[i]), err))
                        return false;
        for (unsigned depth = 0; depth <= ODB_ALTERNATES_DEPTH_MAX; depth++) {
                size_t end = odb->folder_count;

                for (; done < end; done++)
                        if (!add_alternates(odb, odb->folders[done], err))
                                return false;
        }
        return true;
}
