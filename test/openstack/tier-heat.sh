# shellcheck shell=bash
# Sourced by up: Keystone and Heat.

render keystone.conf.in "$CONF/keystone.conf"
for n in heat-api heat-api-cfn heat-engine; do
	render heat.conf.in "$CONF/$n.conf" LOGNAME=$n USER=heat DBNAME=heat
done
# see pylib/devcloud/heat_ec2.py
sed 's/heat.api.aws.ec2token:EC2Token_filter_factory/devcloud.heat_ec2:filter_factory/' \
	/etc/heat/api-paste.ini >"$CONF/heat-api-paste.ini"

keystone_setup() {
	local url="http://127.0.0.1:$P_KEYSTONE/v3"
	local manage=(keystone-manage --config-file "$CONF/keystone.conf")
	databases keystone
	mkdir -p "$STATE"/keystone/{fernet,credential}-keys
	chmod -R go= "$STATE/keystone"
	"${manage[@]}" fernet_setup --keystone-user root --keystone-group root
	"${manage[@]}" credential_setup --keystone-user root --keystone-group root
	"${manage[@]}" db_sync
	"${manage[@]}" bootstrap --bootstrap-password "$PASSWORD" --bootstrap-region-id "$REGION" \
		--bootstrap-admin-url "$url" --bootstrap-public-url "$url" --bootstrap-internal-url "$url"
}
heat_setup() {
	databases heat
	heat-manage --config-file "$CONF/heat-engine.conf" db_sync
}
bg once keystone-db keystone_setup
bg once heat-db heat_setup
join

# one thread a process: threads share AuthContextMiddleware's token, and one request is judged by another's
wsgi keystone "$P_KEYSTONE" /usr/bin/keystone-wsgi-public 4 1 "" OS_KEYSTONE_CONFIG_FILES="$CONF/keystone.conf"
waitport rabbitmq "$P_RABBIT"
waithttp keystone "http://127.0.0.1:$P_KEYSTONE/v3"
say "keystone is up"
once heat-bootstrap bootstrap heat
wsgi heat-api "$P_HEAT" /usr/bin/heat-wsgi-api 2 8 "$CONF/heat-api.conf"
wsgi heat-api-cfn "$P_HEAT_CFN" /usr/bin/heat-wsgi-api-cfn 1 4 "$CONF/heat-api-cfn.conf"
start heat-engine "$BIN/heat-engine" --config-file "$CONF/heat-engine.conf"

cloud() { # cloud NAME USER: an entry of clouds.yaml; user and project have one name
	cat <<-YAML
	  $1:
	    region_name: $REGION
	    identity_api_version: 3
	    auth:
	      auth_url: http://127.0.0.1:$P_KEYSTONE/v3
	      username: $2
	      password: $PASSWORD
	      project_name: $2
	      user_domain_id: default
	      project_domain_id: default
	YAML
}
{
	echo clouds:
	cloud dev demo
	cloud dev2 demo2
	cloud dev-admin admin
} >"$STATE/clouds.yaml"

waithttp heat-api "http://127.0.0.1:$P_HEAT/"
waithttp heat-api-cfn "http://127.0.0.1:$P_HEAT_CFN/"
bootstrap ready-heat
