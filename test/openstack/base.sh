# shellcheck shell=bash
# Sourced by up: what every service leans on: memcached, RabbitMQ, MariaDB.

render my.cnf.in "$CONF/my.cnf"
render rabbitmq.conf.in "$CONF/rabbitmq.conf"
mkdir -p "$STATE/rabbitmq/home"
echo '[].' >"$CONF/rabbitmq.plugins"

start memcached "$BIN/memcached" -u root -l 127.0.0.1 -p "$P_MEMCACHED" -m 64 -c 2048 -U 0

start epmd "$BIN/epmd" -address 127.0.0.1 -port "$P_EPMD"
waitport epmd "$P_EPMD"
start rabbitmq env HOME="$STATE/rabbitmq/home" LANG=C.UTF-8 \
	ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$P_EPMD" \
	RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="$CONF/rabbitmq.conf" \
	RABBITMQ_ADVANCED_CONFIG_FILE="$CONF/rabbitmq-advanced.config" \
	RABBITMQ_ENABLED_PLUGINS_FILE="$CONF/rabbitmq.plugins" \
	RABBITMQ_NODENAME=openstack@localhost RABBITMQ_DIST_PORT="$P_RABBIT_DIST" \
	RABBITMQ_MNESIA_BASE="$STATE/rabbitmq/mnesia" RABBITMQ_LOG_BASE="$LOGS" \
	RABBITMQ_LOGS="$LOGS/rabbitmq.log" RABBITMQ_PID_FILE="$STATE/rabbitmq/pid" \
	RABBITMQ_GENERATED_CONFIG_DIR="$STATE/rabbitmq/config" RABBITMQ_FEATURE_FLAGS_FILE="$STATE/rabbitmq/feature_flags" \
	RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}' \
	/usr/lib/rabbitmq/bin/rabbitmq-server

init_mariadb() {
	rm -rf "$STATE/mysql"
	mariadb-install-db --no-defaults --user=root --datadir="$STATE/mysql" \
		--auth-root-authentication-method=normal --skip-test-db --skip-name-resolve
}
once mariadb-install init_mariadb
start mariadb /usr/sbin/mariadbd --defaults-file="$CONF/my.cnf"
for _ in {1..300}; do
	! sql <<<'select 1' >/dev/null 2>&1 || break
	alive mariadb || ended mariadb
	sleep 0.1
done
