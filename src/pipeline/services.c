#include "pipeline/services.h"

/* No password anywhere: these containers live as long as one job and are seen by it alone. */
const struct service services[] = {
        { .name = "postgres",
          .image = "postgres:17",
          .port = 5432,
          .settings = "POSTGRES_HOST_AUTH_METHOD: trust",
          .health = "pg_isready --username postgres",
          .test_vars = "PGHOST=@HOST@\nPGPORT=5432\nPGUSER=postgres\n",
          .modules = { "github.com/lib/pq", "github.com/jackc/pgx", "github.com/go-pg/pg",
                       "gorm.io/driver/postgres", "github.com/uptrace/bun/driver/pgdriver" } },
        { .name = "mysql",
          .image = "mysql:8.4",
          .port = 3306,
          .settings = "MYSQL_ALLOW_EMPTY_PASSWORD: \"yes\"",
          .health = "mysqladmin ping --host 127.0.0.1",
          .test_vars = "MYSQL_HOST=@HOST@\nMYSQL_TCP_PORT=3306\n",
          .modules = { "github.com/go-sql-driver/mysql", "gorm.io/driver/mysql",
                       "github.com/go-mysql-org/go-mysql" } },
        { .name = "redis",
          .image = "redis:7",
          .port = 6379,
          .health = "redis-cli ping",
          .test_vars = "REDIS_ADDR=@HOST@:6379\n",
          .modules = { "github.com/redis/go-redis", "github.com/go-redis/redis",
                       "github.com/gomodule/redigo", "github.com/redis/rueidis" } },
        { .name = "mongo",
          .image = "mongo:8",
          .port = 27017,
          .health = "mongosh --quiet --eval 1",
          .test_vars = "MONGODB_URI=mongodb://@HOST@:27017\n",
          .modules = { "go.mongodb.org/mongo-driver" } },
        { .name = "rabbitmq",
          .image = "rabbitmq:4",
          .port = 5672,
          .health = "rabbitmq-diagnostics --quiet ping",
          .test_vars = "AMQP_URL=amqp://@HOST@:5672\n",
          .modules = { "github.com/rabbitmq/amqp091-go", "github.com/streadway/amqp" } },
        { .name = "nats",
          .image = "nats:2",
          .port = 4222,
          .test_vars = "NATS_URL=nats://@HOST@:4222\n",
          .modules = { "github.com/nats-io/nats.go" } },
        { .name = "memcached",
          .image = "memcached:1",
          .port = 11211,
          .test_vars = "MEMCACHED_ADDR=@HOST@:11211\n",
          .modules = { "github.com/bradfitz/gomemcache" } },
};
const size_t service_count = COUNT_OF(services);

/* "/v9" behind a path: a major version of the same module. */
static bool is_major(struct str rest) {
        uint64_t major;

        return !rest.len || (str_has_prefix(rest, STR("/v")) &&
                             str_to_u64(str_slice(rest, 2, rest.len), &major));
}

static bool is_module(struct str path, const char *module) {
        return str_has_prefix(path, str_of(module)) &&
               is_major(str_drop_prefix(path, str_of(module)));
}

uint32_t services_of_module(struct str path) {
        uint32_t set = 0;

        for (size_t i = 0; i < service_count; i++)
                for (const char *const *module = services[i].modules; *module; module++)
                        if (is_module(path, *module))
                                set |= UINT32_C(1) << i;
        return set;
}

bool services_are_started_by(struct str path) {
        static const char *const starters[] = { "github.com/testcontainers/testcontainers-go",
                                                "github.com/ory/dockertest" };

        for (size_t i = 0; i < COUNT_OF(starters); i++)
                if (is_module(path, starters[i]))
                        return true;
        return false;
}
