CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ begin raise exception 'the audit is append-only'; end $$;
CREATE TABLE public.audit (
    seq bigint NOT NULL,
    hash text NOT NULL,
    entry text NOT NULL,
    at text GENERATED ALWAYS AS (((entry)::jsonb ->> 'at'::text)) STORED,
    migration text GENERATED ALWAYS AS (((entry)::jsonb ->> 'migration'::text)) STORED,
    workload text GENERATED ALWAYS AS (((entry)::jsonb ->> 'workload'::text)) STORED,
    operation text GENERATED ALWAYS AS (((entry)::jsonb ->> 'operation'::text)) STORED,
    subject text GENERATED ALWAYS AS (((entry)::jsonb ->> 'by'::text)) STORED,
    action text GENERATED ALWAYS AS (((entry)::jsonb ->> 'action'::text)) STORED
);
CREATE TABLE public.claims (
    id text NOT NULL,
    migration text NOT NULL,
    workload text NOT NULL,
    claimed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.cli_runs (
    stack text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    started_at text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    noted_at timestamp with time zone DEFAULT now() NOT NULL,
    operation text NOT NULL,
    fence integer NOT NULL,
    owner text NOT NULL
);
CREATE TABLE public.clusters (
    migration text NOT NULL,
    asked jsonb,
    done jsonb,
    pins jsonb,
    outputs jsonb
);
CREATE TABLE public.events (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    migration text,
    workload text,
    operation text,
    type text NOT NULL,
    data jsonb NOT NULL
);
ALTER TABLE public.events ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.holds (
    id text NOT NULL,
    migration text,
    workload text,
    name text NOT NULL,
    reason text NOT NULL,
    holder text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    at_end text,
    ran_out boolean DEFAULT false NOT NULL,
    CONSTRAINT holds_end CHECK (((until IS NULL) = (at_end IS NULL))),
    CONSTRAINT holds_scope CHECK (((workload IS NULL) OR (migration IS NOT NULL)))
);
CREATE TABLE public.idempotency (
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer,
    headers jsonb,
    body text,
    created_at timestamp with time zone NOT NULL,
    replica text
);
CREATE TABLE public.kysely_migration (
    name character varying(255) NOT NULL,
    "timestamp" character varying(255) NOT NULL
);
CREATE TABLE public.kysely_migration_lock (
    id character varying(255) NOT NULL,
    is_locked integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.migrations (
    name text NOT NULL,
    inventory jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    head jsonb GENERATED ALWAYS AS ((inventory - 'workloads'::text)) STORED NOT NULL
);
CREATE TABLE public.operations (
    id text NOT NULL,
    seq bigint NOT NULL,
    migration text NOT NULL,
    workload text NOT NULL,
    action text NOT NULL,
    state text NOT NULL,
    from_phase text NOT NULL,
    to_phase text NOT NULL,
    reason text,
    requested_by text NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    writes boolean DEFAULT false NOT NULL,
    home_ms double precision,
    settled_ms double precision,
    lingers jsonb,
    request jsonb NOT NULL,
    result jsonb,
    error jsonb,
    owner text,
    fence integer DEFAULT 0 NOT NULL,
    decision jsonb,
    settles_at timestamp with time zone,
    credential text,
    address text,
    trace text,
    unanswered jsonb,
    idempotency_key text
);
ALTER TABLE public.operations ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.operations_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.passphrase (
    one boolean DEFAULT true NOT NULL,
    salt text NOT NULL,
    hash text NOT NULL,
    CONSTRAINT passphrase_one_check CHECK (one)
);
CREATE TABLE public.pulumi_state (
    key text NOT NULL,
    data json NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE UNLOGGED TABLE public.readings (
    migration text NOT NULL,
    workload text NOT NULL,
    read_at timestamp with time zone NOT NULL,
    facts jsonb NOT NULL
);
CREATE TABLE public.replicas (
    id text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    started_at text NOT NULL,
    since timestamp with time zone NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    held_since timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.stacks (
    stack text NOT NULL,
    kept jsonb NOT NULL,
    kept_at timestamp with time zone NOT NULL
);
CREATE TABLE public.tokens (
    id text NOT NULL,
    prefix text NOT NULL,
    digest text NOT NULL,
    subject text NOT NULL,
    role text NOT NULL,
    scope jsonb,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    revoked_by text,
    last_used_at timestamp with time zone
);
CREATE TABLE public.workloads (
    migration text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    entry jsonb NOT NULL,
    state jsonb NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    found jsonb,
    stage jsonb,
    outputs jsonb,
    on_record jsonb,
    unsettled boolean DEFAULT false NOT NULL
);
INSERT INTO public.claims VALUES ('arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee', 'prod-2026', 'search', '2026-01-02 03:04:05.678+00');
INSERT INTO public.cli_runs VALUES ('prod-2026.search', 'there', 4711, '12', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', 'op-2', 1, 'replica-1');
INSERT INTO public.clusters VALUES ('prod-2026', '{"name": "built", "only": null}', '{"name": "built", "only": null}', '{"addons": {"vpc-cni": "v1.19.0"}, "version": "1.33"}', '{"version": "1.33", "endpoint": "https://green.example.com", "clusterName": "prod-green", "oidcProviderArn": "arn:aws:iam::123456789012:oidc-provider/green", "autoScalingGroups": ["eks-main"], "nodeSecurityGroupId": "sg-1", "certificateAuthority": "Q0E="}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, '2026-01-02 03:04:05.678+00', 'prod-2026', 'search', 'op-1', 'operation-queued', '{"action": "rollback"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, '2026-01-02 03:04:05.678+00', 'prod-2026', 'search', 'op-1', 'home', '{"homeMs": 412.5}');
INSERT INTO public.holds VALUES ('hold-1', 'prod-2026', 'search', 'freeze', 'it is December', 'operator', '2026-01-02 03:04:05.678+00', NULL, NULL, false);
INSERT INTO public.holds VALUES ('hold-2', NULL, NULL, 'freeze', 'Black Friday', 'ada', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', 'resume', false);
INSERT INTO public.holds VALUES ('hold-3', 'prod-2026', NULL, 'pause', 'p99 is up', 'ada', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', 'rollback', false);
INSERT INTO public.idempotency VALUES ('key-1', 'abc', 202, '{"location": "/v1/operations/op-1"}', '{}', '2026-11-24 00:09:03.286673+00', NULL);
INSERT INTO public.kysely_migration VALUES ('0001-journal', '2026-11-24T00:09:03.282Z');
INSERT INTO public.kysely_migration VALUES ('0002-clusters', '2026-11-24T00:09:03.294Z');
INSERT INTO public.kysely_migration VALUES ('0003-leases', '2026-11-24T00:09:03.304Z');
INSERT INTO public.kysely_migration VALUES ('0004-tokens', '2026-11-24T00:09:03.313Z');
INSERT INTO public.kysely_migration VALUES ('0005-audit', '2026-11-24T00:09:03.322Z');
INSERT INTO public.kysely_migration VALUES ('0007-stacks', '2026-11-24T00:09:03.331Z');
INSERT INTO public.kysely_migration VALUES ('0008-holds', '2026-11-24T00:09:03.340Z');
INSERT INTO public.kysely_migration VALUES ('0009-cli-runs', '2026-11-24T00:09:03.347Z');
INSERT INTO public.kysely_migration VALUES ('0010-unanswered', '2026-11-24T00:09:03.353Z');
INSERT INTO public.kysely_migration VALUES ('0011-reads', '2026-11-24T00:09:03.361Z');
INSERT INTO public.kysely_migration VALUES ('0012-keys', '2026-11-24T00:09:03.368Z');
INSERT INTO public.kysely_migration_lock VALUES ('migration_lock', 0);
INSERT INTO public.migrations VALUES ('prod-2026', '{"aws": {"region": "eu-central-1"}, "blue": {"cluster": "prod-blue", "kubeconfig": "/etc/cutover/blue.kubeconfig"}, "green": {"cluster": "prod-green", "kubeconfig": "/etc/cutover/green.kubeconfig"}, "migration": "prod-2026", "workloads": {"search": {"bake": "5m", "kind": "alb", "rule": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee", "soak": "24h", "probe": {"url": "http://search.example.com/healthz", "expect": [200, 204], "headers": {"host": "search.example.com"}}, "steps": [10, 50, 100], "service": {"name": "search", "port": 80, "namespace": "shop"}, "blueTargetGroup": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/search/73e2d6bc24d8a067"}}}', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', DEFAULT);
INSERT INTO public.operations OVERRIDING SYSTEM VALUE VALUES ('op-1', 1, 'prod-2026', 'search', 'rollback', 'succeeded', 'shifting', 'prepared', 'why', 'operator', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', true, 412.5, 60400, NULL, '{"force": true}', '{}', NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.operations OVERRIDING SYSTEM VALUE VALUES ('op-2', 2, 'prod-2026', 'search', 'advance', 'running', 'shifting', 'shifting', NULL, 'operator', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', NULL, true, NULL, NULL, NULL, '{"plan": null}', NULL, NULL, 'replica-1', 1, NULL, NULL, NULL, NULL, NULL, '{"call": "ElasticLoadBalancingV2 ModifyRule", "error": "ECONNREFUSED: no answer", "since": 1767323045678, "until": null}', 'key-2');
INSERT INTO public.passphrase VALUES (true, 'c2FsdA==', 'aGFzaA==');
INSERT INTO public.readings VALUES ('prod-2026', 'search', '2026-01-02 03:04:05.678+00', '{}');
INSERT INTO public.replicas VALUES ('replica-1', 'here', 7, '12', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', '2026-11-24 00:09:03.345609+00');
INSERT INTO public.stacks VALUES ('prod-2026.search', '{"config": {"eks-cutover:testRoute": {"secure": "v1:x:y"}}, "encryptionsalt": "v1:salt"}', '2026-01-02 03:04:05.678+00');
INSERT INTO public.workloads VALUES ('prod-2026', 'search', 'alb', '{"bake": "5m", "kind": "alb", "rule": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee", "soak": "24h", "probe": {"url": "http://search.example.com/healthz", "expect": [200, 204], "headers": {"host": "search.example.com"}}, "steps": [10, 50, 100], "service": {"name": "search", "port": 80, "namespace": "shop"}, "blueTargetGroup": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/search/73e2d6bc24d8a067"}', '{"step": 10, "phase": "shifting", "since": 1767323045678, "blueAtHome": 4, "confirmation": null}', 9, '{"asFound": {"rest": {"priority": "10"}, "traffic": [{"arn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/search/73e2d6bc24d8a067", "weight": 100}]}, "listener": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2"}', '{"name": "split", "green": "present", "split": {"blue": 90, "green": 10}, "switchPoint": "owned"}', NULL, '{"rest": {"priority": "10"}, "traffic": [{"arn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/search/73e2d6bc24d8a067", "weight": 90}]}', true);
SELECT pg_catalog.setval('public.events_seq_seq', 2, true);
SELECT pg_catalog.setval('public.operations_seq_seq', 2, true);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.claims
    ADD CONSTRAINT claims_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.cli_runs
    ADD CONSTRAINT cli_runs_pkey PRIMARY KEY (stack, host, pid);
ALTER TABLE ONLY public.clusters
    ADD CONSTRAINT clusters_pkey PRIMARY KEY (migration);
ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.holds
    ADD CONSTRAINT holds_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.kysely_migration_lock
    ADD CONSTRAINT kysely_migration_lock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.kysely_migration
    ADD CONSTRAINT kysely_migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.migrations
    ADD CONSTRAINT migrations_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.operations
    ADD CONSTRAINT operations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.passphrase
    ADD CONSTRAINT passphrase_pkey PRIMARY KEY (one);
ALTER TABLE ONLY public.pulumi_state
    ADD CONSTRAINT pulumi_state_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.readings
    ADD CONSTRAINT readings_pkey PRIMARY KEY (migration, workload);
ALTER TABLE ONLY public.replicas
    ADD CONSTRAINT replicas_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.stacks
    ADD CONSTRAINT stacks_pkey PRIMARY KEY (stack);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workloads
    ADD CONSTRAINT workloads_pkey PRIMARY KEY (migration, name);
CREATE INDEX audit_by_time ON public.audit USING btree (at COLLATE "C", seq);
CREATE INDEX audit_of_action ON public.audit USING btree (action, seq);
CREATE INDEX audit_of_subject ON public.audit USING btree (subject, seq);
CREATE INDEX audit_of_workload ON public.audit USING btree (migration, workload, seq);
CREATE INDEX cli_runs_noted ON public.cli_runs USING btree (noted_at);
CREATE INDEX events_of_everything ON public.events USING btree (seq) WHERE (migration IS NULL);
CREATE INDEX events_of_migration ON public.events USING btree (migration, seq);
CREATE INDEX events_of_operation ON public.events USING btree (operation, seq);
CREATE INDEX events_of_workload ON public.events USING btree (migration, workload, seq);
CREATE INDEX holds_of_workload ON public.holds USING btree (migration, workload);
CREATE INDEX holds_until ON public.holds USING btree (until) WHERE (until IS NOT NULL);
CREATE UNIQUE INDEX one_active_operation ON public.operations USING btree (migration, workload) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE UNIQUE INDEX one_freeze ON public.holds USING btree (name) WHERE ((migration IS NULL) AND (name = 'freeze'::text));
CREATE INDEX operations_active ON public.operations USING btree (seq) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE INDEX operations_of_key ON public.operations USING btree (idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX operations_of_workload ON public.operations USING btree (migration, workload, seq);
CREATE INDEX operations_owned ON public.operations USING btree (owner) WHERE (owner IS NOT NULL);
CREATE INDEX operations_settling ON public.operations USING btree (settles_at) WHERE (settles_at IS NOT NULL);
CREATE INDEX pulumi_state_key_prefix_idx ON public.pulumi_state USING btree (key text_pattern_ops);
CREATE INDEX tokens_by_prefix ON public.tokens USING btree (prefix);
CREATE INDEX workloads_by_phase ON public.workloads USING btree (((state ->> 'phase'::text)));
CREATE TRIGGER audit_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
ALTER TABLE ONLY public.clusters
    ADD CONSTRAINT clusters_migration_fkey FOREIGN KEY (migration) REFERENCES public.migrations(name);
ALTER TABLE ONLY public.workloads
    ADD CONSTRAINT workloads_migration_fkey FOREIGN KEY (migration) REFERENCES public.migrations(name);
