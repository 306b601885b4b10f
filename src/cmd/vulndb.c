/* weir vulndb: the snapshot of the Go vulnerability database. */
#include "gomod/vulndb.h"
#include "cmd/cmd.h"
#include "modcache/folder.h"
#include "sys/file.h"
#include "sys/http.h"

#define SNAPSHOT_FILE "vulndb.snapshot"
#define DOWNLOAD_MS (5 * 60 * 1000)

static bool is_url(struct str source) {
        return str_find_str(source, STR("://")) != SIZE_MAX;
}

/* The address of a database as a whole stands for its archive (go.dev/doc/security/vuln/database).
 */
static struct str archive_url(struct arena *arena, struct str url) {
        static const struct str ends[] = { STR_INIT(".zip"), STR_INIT(".tar"), STR_INIT(".tar.gz"),
                                           STR_INIT(".tgz"), STR_INIT(".json") };

        for (size_t i = 0; i < COUNT_OF(ends); i++)
                if (str_has_suffix(url, ends[i]))
                        return url;
        return str_join_path(arena, url, STR("vulndb.zip"));
}

/* A lone *.json is one entry, anything else an archive. */
static bool add_bytes(struct vulndb_builder *builder, struct str name, struct str bytes,
                      struct err *err) {
        return str_has_suffix(name, STR(".json")) ? vulndb_builder_add(builder, name, bytes, err)
                                                  : vulndb_builder_add_archive(builder, bytes, err);
}

static bool add_url(struct cmd_context *context, struct vulndb_builder *builder, struct str source,
                    struct err *err) {
        AUTO_HTTP_CLIENT struct http_client *client = NULL;
        struct http_request request = {
                .url = archive_url(context->arena, source),
                .body_max = VULNDB_ARCHIVE_MAX,
                .timeout_ms = DOWNLOAD_MS,
        };
        struct str ca_file = env_get_or(&context->env, STR("SSL_CERT_FILE"), STR_NONE), bytes;

        return http_open(context->arena, ca_file, &client, err) &&
               http_get(client, &request, context->arena, &bytes, err) &&
               add_bytes(builder, request.url, bytes, err);
}

/* Names of the database decide what a file is, so the folder's other files do no harm. */
static bool add_folder(struct cmd_context *context, struct vulndb_builder *builder,
                       struct str source, struct err *err) {
        struct folder folder;

        if (!folder_read(context->arena, source, &folder, err))
                return false;
        for (size_t i = 0; i < folder.file_count; i++) {
                struct str path = str_join_path(context->arena, source, folder.files[i].name);
                AUTO_FILE_MAP map = { STR_NONE };

                if (!folder.files[i].is_regular || !str_has_suffix(path, STR(".json")))
                        continue;
                if (!file_map_open(path, VULNDB_FILE_MAX, &map, err) ||
                    !vulndb_builder_add(builder, path, map.bytes, err))
                        return false;
        }
        return true;
}

static bool add_file(struct vulndb_builder *builder, struct str source, struct err *err) {
        AUTO_FILE_MAP map = { STR_NONE };

        return file_map_open(source, VULNDB_ARCHIVE_MAX, &map, err) &&
               add_bytes(builder, source, map.bytes, err);
}

static bool add_source(struct cmd_context *context, struct vulndb_builder *builder,
                       struct str source, struct err *err) {
        bool ok = is_url(source)        ? add_url(context, builder, source, err)
                  : file_is_dir(source) ? add_folder(context, builder, source, err)
                                        : add_file(builder, source, err);

        return ok ||
               err_context(err, "reading %.*s", STR_ARG(http_url_shown(context->arena, source)));
}

static bool end_source(struct cmd_context *context, struct vulndb_builder *builder,
                       struct str source, struct str *ret_bytes, struct err *err) {
        return vulndb_builder_end(builder, context->arena, ret_bytes, err) ||
               err_context(err, "reading %.*s", STR_ARG(http_url_shown(context->arena, source)));
}

static bool snapshot_path(struct cmd_context *context, const struct cmd_line *line,
                          struct str *ret_path, struct err *err) {
        struct str dir;

        if (cmd_value(line, "output", ret_path))
                return true;
        if (!env_weir_dir(&context->env, context->arena, ENV_DIR_DATA, &dir)) {
                err_set(err, ERR_USAGE, "neither XDG_DATA_HOME nor HOME says where data lives");
                return err_mend(err, "weir vulndb update --output FILE SOURCE");
        }
        *ret_path = str_join_path(context->arena, dir, STR(SNAPSHOT_FILE));
        return true;
}

static bool write_snapshot(struct str path, struct str bytes, struct err *err) {
        struct str folder = STR("."), base;

        str_cut_last(path, '/', &folder, &base);
        return (folder.len == 0 || file_make_dirs(folder, err)) &&
               file_write(path, bytes, 0644, err);
}

static int report(struct cmd_context *context, struct str path, struct str bytes) {
        struct vulndb db;
        struct err err;

        if (!vulndb_open(bytes, &db, &err))
                return cmd_fail(context, &err);
        fprintf(context->out,
                context->lang == LANG_ZH ? "%zu 条漏洞，%zu 个模块，数据日期 %.*s\n%.*s\n"
                                         : "entries: %zu, modules: %zu, as of %.*s\n%.*s\n",
                db.entry_count, db.module_count, STR_ARG(str_slice(db.date, 0, 10)), STR_ARG(path));
        return EXIT_PASS;
}

static int update(struct cmd_context *context, const struct cmd_line *line, struct str source) {
        struct vulndb_builder *builder = vulndb_builder_make(context->arena);
        struct str path, bytes;
        struct err err;

        if (!snapshot_path(context, line, &path, &err) ||
            !add_source(context, builder, source, &err) ||
            !end_source(context, builder, source, &bytes, &err) ||
            !write_snapshot(path, bytes, &err))
                return cmd_fail(context, &err);
        return report(context, path, bytes);
}

static int vulndb_run(struct cmd_context *context, const struct cmd_line *line) {
        struct err err;

        if (line->operands.count == 2 && str_eq(line->operands.items[0], STR("update")))
                return update(context, line, line->operands.items[1]);
        err_set(&err, ERR_USAGE, "vulndb: expected `update` and where to read from");
        err_mend(&err, "weir vulndb update DIR|FILE|URL");
        return cmd_fail(context, &err);
}

static const char *const verbs[] = { "update", NULL };

static const struct cmd_option options[] = {
        { "output",
          "FILE",
          NULL,
          false,
          { "write the snapshot here (default: weir/vulndb.snapshot in the data folder)",
            "快照写入此文件（默认：数据目录下的 weir/vulndb.snapshot）" } },
};

const struct command command_vulndb = {
        .name = "vulndb",
        .operands = "update DIR|FILE|URL",
        .operand_max = 2,
        .title = { "make the snapshot of known vulnerabilities", "生成已知漏洞的快照" },
        .about = { "Reads the Go vulnerability database: its v1 layout (index and ID/*.json), a folder of\n"
                   "OSV files, or a zip or tar of either, from a folder, a file or an https URL. The whole\n"
                   "database is at https://vuln.go.dev. The snapshot replaces the one before.",
                   "读取 Go 漏洞数据库：v1 布局（index 与 ID/*.json）、OSV 文件目录，或二者的 zip、tar 包；\n"
                   "来源可以是目录、文件或 https 地址。完整数据库位于 https://vuln.go.dev。新快照会替换旧快照。" },
        .verbs = verbs,
        .options = options,
        .option_count = COUNT_OF(options),
        .run = vulndb_run,
};
