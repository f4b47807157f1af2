CREATE TABLE public.claims (
    id text NOT NULL,
    migration text NOT NULL,
    workload text NOT NULL,
    claimed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.clusters (
    migration text NOT NULL,
    asked jsonb,
    done jsonb,
    pins jsonb,
    outputs jsonb,
    kubeconfig text
);
CREATE TABLE public.events (
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    migration text NOT NULL,
    workload text NOT NULL,
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
    migration text NOT NULL,
    workload text NOT NULL,
    name text NOT NULL,
    reason text NOT NULL,
    holder text NOT NULL,
    since timestamp with time zone NOT NULL
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
    updated_at timestamp with time zone NOT NULL
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
    settles_at timestamp with time zone
);
ALTER TABLE public.operations ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.operations_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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
    lease_until timestamp with time zone NOT NULL
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
INSERT INTO public.clusters VALUES ('prod-2026', '{"name": "built", "only": null}', '{"name": "built", "only": null}', '{"addons": {"vpc-cni": "v1.19.0"}, "version": "1.33"}', '{"version": "1.33", "endpoint": "https://green.example.com", "clusterName": "prod-green", "oidcProviderArn": "arn:aws:iam::123456789012:oidc-provider/green", "autoScalingGroups": ["eks-main"], "nodeSecurityGroupId": "sg-1", "certificateAuthority": "Q0E="}', '/data/stacks/prod-2026.cluster/green.kubeconfig');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (1, '2026-01-02 03:04:05.678+00', 'prod-2026', 'search', 'op-1', 'operation-queued', '{"action": "rollback"}');
INSERT INTO public.events OVERRIDING SYSTEM VALUE VALUES (2, '2026-01-02 03:04:05.678+00', 'prod-2026', 'search', 'op-1', 'home', '{"homeMs": 412.5}');
INSERT INTO public.holds VALUES ('hold-1', 'prod-2026', 'search', 'freeze', 'it is December', 'operator', '2026-01-02 03:04:05.678+00');
INSERT INTO public.idempotency VALUES ('key-1', 'abc', 202, '{"location": "/v1/operations/op-1"}', '{}', '2026-11-23 15:52:24.747271+00', NULL);
INSERT INTO public.kysely_migration VALUES ('0001-journal', '2026-11-23T15:52:24.416Z');
INSERT INTO public.kysely_migration VALUES ('0002-clusters', '2026-11-23T15:52:25.035Z');
INSERT INTO public.kysely_migration VALUES ('0003-leases', '2026-11-23T15:52:25.624Z');
INSERT INTO public.kysely_migration_lock VALUES ('migration_lock', 0);
INSERT INTO public.migrations VALUES ('prod-2026', '{"aws": {"region": "eu-central-1"}, "blue": {"cluster": "prod-blue", "kubeconfig": "/etc/cutover/blue.kubeconfig"}, "green": {"cluster": "prod-green", "kubeconfig": "/etc/cutover/green.kubeconfig"}, "migration": "prod-2026", "workloads": {"search": {"bake": "5m", "kind": "alb", "rule": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee", "soak": "24h", "probe": {"url": "http://search.example.com/healthz", "expect": [200, 204], "headers": {"host": "search.example.com"}}, "steps": [10, 50, 100], "service": {"name": "search", "port": 80, "namespace": "shop"}, "blueTargetGroup": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/search/73e2d6bc24d8a067"}}}', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00');
INSERT INTO public.operations OVERRIDING SYSTEM VALUE VALUES ('op-1', 1, 'prod-2026', 'search', 'rollback', 'succeeded', 'shifting', 'prepared', 'why', 'operator', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', true, 412.5, 60400, NULL, '{"force": true}', '{}', NULL, NULL, 0, NULL, NULL);
INSERT INTO public.operations OVERRIDING SYSTEM VALUE VALUES ('op-2', 2, 'prod-2026', 'search', 'advance', 'running', 'shifting', 'shifting', NULL, 'operator', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00', NULL, true, NULL, NULL, NULL, '{"plan": null}', NULL, NULL, 'replica-1', 1, NULL, NULL);
INSERT INTO public.readings VALUES ('prod-2026', 'search', '2026-01-02 03:04:05.678+00', '{}');
INSERT INTO public.replicas VALUES ('replica-1', 'here', 7, '12', '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05.678+00');
INSERT INTO public.workloads VALUES ('prod-2026', 'search', 'alb', '{"bake": "5m", "kind": "alb", "rule": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee", "soak": "24h", "probe": {"url": "http://search.example.com/healthz", "expect": [200, 204], "headers": {"host": "search.example.com"}}, "steps": [10, 50, 100], "service": {"name": "search", "port": 80, "namespace": "shop"}, "blueTargetGroup": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/search/73e2d6bc24d8a067"}', '{"step": 10, "phase": "shifting", "since": 1767323045678, "blueAtHome": 4, "confirmation": null}', 9, '{"asFound": {"rest": {"priority": "10"}, "traffic": [{"arn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/search/73e2d6bc24d8a067", "weight": 100}]}, "listener": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2"}', '{"name": "split", "green": "present", "split": {"blue": 90, "green": 10}, "switchPoint": "owned"}', NULL, '{"rest": {"priority": "10"}, "traffic": [{"arn": "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/search/73e2d6bc24d8a067", "weight": 90}]}', true);
SELECT pg_catalog.setval('public.events_seq_seq', 2, true);
SELECT pg_catalog.setval('public.operations_seq_seq', 2, true);
ALTER TABLE ONLY public.claims
    ADD CONSTRAINT claims_pkey PRIMARY KEY (id);
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
ALTER TABLE ONLY public.readings
    ADD CONSTRAINT readings_pkey PRIMARY KEY (migration, workload);
ALTER TABLE ONLY public.replicas
    ADD CONSTRAINT replicas_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.workloads
    ADD CONSTRAINT workloads_pkey PRIMARY KEY (migration, name);
CREATE INDEX events_of_operation ON public.events USING btree (operation, seq);
CREATE INDEX holds_of_workload ON public.holds USING btree (migration, workload);
CREATE UNIQUE INDEX one_active_operation ON public.operations USING btree (migration, workload) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE INDEX operations_active ON public.operations USING btree (seq) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE INDEX operations_of_workload ON public.operations USING btree (migration, workload, seq);
CREATE INDEX operations_owned ON public.operations USING btree (owner) WHERE (owner IS NOT NULL);
CREATE INDEX operations_settling ON public.operations USING btree (settles_at) WHERE (settles_at IS NOT NULL);
CREATE INDEX workloads_by_phase ON public.workloads USING btree (((state ->> 'phase'::text)));
ALTER TABLE ONLY public.clusters
    ADD CONSTRAINT clusters_migration_fkey FOREIGN KEY (migration) REFERENCES public.migrations(name);
ALTER TABLE ONLY public.workloads
    ADD CONSTRAINT workloads_migration_fkey FOREIGN KEY (migration) REFERENCES public.migrations(name);
