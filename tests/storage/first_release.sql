BEGIN TRANSACTION;
CREATE TABLE "coach_members" ("id" INTEGER NOT NULL PRIMARY KEY, "coach_id" INTEGER NOT NULL, "kind" TEXT NOT NULL CHECK (kind IN ('user', 'role')), "subject_id" INTEGER NOT NULL, FOREIGN KEY ("coach_id") REFERENCES "coaches" ("id") ON DELETE CASCADE) STRICT;
INSERT INTO "coach_members" VALUES(1,1,'user',1);
INSERT INTO "coach_members" VALUES(2,2,'role',700);
CREATE TABLE "coach_plans" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "guild_id" INTEGER NOT NULL, "coach_id" INTEGER NOT NULL, "day" TEXT NOT NULL CHECK (day IS date(day)), "text" TEXT NOT NULL, "author_id" INTEGER NOT NULL, "revision" INTEGER NOT NULL CHECK (revision >= 1), "hash" TEXT NOT NULL CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'), "posted_at" TEXT NOT NULL CHECK (posted_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), "changed_at" TEXT NOT NULL CHECK (changed_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), "changed_by" INTEGER NOT NULL, "deleted_at" TEXT CHECK (deleted_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), "deleted_by" INTEGER, FOREIGN KEY ("coach_id") REFERENCES "coaches" ("id") ON DELETE RESTRICT, CHECK ((deleted_at IS NULL) = (deleted_by IS NULL))) STRICT;
INSERT INTO "coach_plans" VALUES(1,500,1,'2026-11-23','Long NQ above 21,460.',1,2,'d1389c7d5d45c587f8317c8b7f92318cdee36b7b694c7c0fa97951cce15193fa','2026-11-22T15:00:00.000000Z','2026-11-22T15:36:00.000000Z',1,NULL,NULL);
INSERT INTO "coach_plans" VALUES(2,500,2,'2026-11-23','Fade the first push 📈',2,2,'7d8eb5fc345f2cabd2725a5afb5257cf891747fd265894df39a15b166c3bfa54','2026-11-22T15:36:00.000000Z','2026-11-22T15:41:00.000000Z',4,'2026-11-22T15:41:00.000000Z',4);
INSERT INTO "coach_plans" VALUES(3,500,2,'2026-11-23','Second try',2,1,'21f7bb88a8ba4e8301ad21b1cbb1f7d0188e9fe47ca4b87f772af3063931e513','2026-11-22T15:41:00.000000Z','2026-11-22T15:41:00.000000Z',2,NULL,NULL);
INSERT INTO "coach_plans" VALUES(4,500,1,'2026-11-24','Tomorrow''s',1,3,'eb799b12f668c9e593b988999b70ebf396f564995fa1dcd78b4f46a0d1b2352e','2026-11-22T15:41:00.000000Z','2026-11-22T15:41:00.000000Z',1,NULL,NULL);
CREATE TABLE "coaches" ("id" INTEGER NOT NULL PRIMARY KEY, "guild_id" INTEGER NOT NULL, "key" TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 16 AND key NOT GLOB '*[^a-z0-9_]*'), "name" TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100), "created_at" TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), "retired_at" TEXT CHECK (retired_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), FOREIGN KEY ("guild_id") REFERENCES "guild_settings" ("guild_id") ON DELETE RESTRICT) STRICT;
INSERT INTO "coaches" VALUES(1,500,'d','Coach D (Day Trading)','2026-11-22T15:00:00.000000Z',NULL);
INSERT INTO "coaches" VALUES(2,500,'i','Coach I (Intraday)','2026-11-22T15:00:00.000000Z',NULL);
INSERT INTO "coaches" VALUES(3,500,'s','Coach S (Swing)','2026-11-22T15:00:00.000000Z',NULL);
CREATE TABLE "drafts" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "guild_id" INTEGER NOT NULL, "user_id" INTEGER NOT NULL, "kind" TEXT NOT NULL CHECK (kind IN ('post', 'edit')), "text" TEXT NOT NULL, "coach" TEXT, "day" TEXT, "plan_id" INTEGER, "seen" INTEGER, "created_at" TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), FOREIGN KEY ("plan_id") REFERENCES "coach_plans" ("id") ON DELETE CASCADE) STRICT;
INSERT INTO "drafts" VALUES(1,500,1,'post','refused','x','2026-11-27',NULL,NULL,'2026-11-22T15:41:00.000000Z');
INSERT INTO "drafts" VALUES(2,500,2,'edit','stale','i','2026-11-23',3,1,'2026-11-22T15:41:00.000000Z');
CREATE TABLE "guild_settings" ("guild_id" INTEGER NOT NULL PRIMARY KEY, "timezone" TEXT, "seed" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(seed) AND json_type(seed) = 'array'), "created_at" TEXT NOT NULL CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z')) STRICT;
INSERT INTO "guild_settings" VALUES(500,NULL,'[{"key": "d", "name": "Coach D (Day Trading)", "users": [1], "roles": []}, {"key": "i", "name": "Coach I (Intraday)", "users": [], "roles": [700]}, {"key": "s", "name": "Coach S (Swing)", "users": [], "roles": []}]','2026-11-22T15:00:00.000000Z');
CREATE TABLE "operations" ("id" INTEGER NOT NULL PRIMARY KEY, "kind" TEXT NOT NULL, "plan_id" INTEGER NOT NULL, "revision" INTEGER NOT NULL CHECK (revision >= 1), "done_at" TEXT NOT NULL CHECK (done_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), FOREIGN KEY ("plan_id") REFERENCES "coach_plans" ("id") ON DELETE CASCADE) STRICT;
INSERT INTO "operations" VALUES(1000,'posted',1,1,'2026-11-22T15:00:00.000000Z');
INSERT INTO "operations" VALUES(1001,'edited',1,2,'2026-11-22T15:36:00.000000Z');
INSERT INTO "operations" VALUES(1002,'posted',2,1,'2026-11-22T15:36:00.000000Z');
INSERT INTO "operations" VALUES(1003,'deleted',2,2,'2026-11-22T15:41:00.000000Z');
INSERT INTO "operations" VALUES(1004,'posted',3,1,'2026-11-22T15:41:00.000000Z');
INSERT INTO "operations" VALUES(1005,'posted',4,1,'2026-11-22T15:41:00.000000Z');
INSERT INTO "operations" VALUES(1006,'deleted',4,2,'2026-11-22T15:41:00.000000Z');
INSERT INTO "operations" VALUES(1007,'restored',4,3,'2026-11-22T15:41:00.000000Z');
CREATE TABLE "plan_history" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "plan_id" INTEGER NOT NULL, "revision" INTEGER NOT NULL CHECK (revision >= 1), "kind" TEXT NOT NULL CHECK (kind IN ('posted', 'edited', 'deleted', 'restored', 'chart_added', 'chart_removed', 'chart_moved', 'chart_captioned', 'taken_back')), "text" TEXT, "charts" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(charts) AND json_type(charts) = 'array'), "actor_id" INTEGER, "note" TEXT, "made_at" TEXT NOT NULL CHECK (made_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), "salt" BLOB CHECK (length(salt) = 16), "text_digest" TEXT NOT NULL CHECK (length(text_digest) = 64 AND text_digest NOT GLOB '*[^0-9a-f]*'), "charts_digest" TEXT NOT NULL CHECK (length(charts_digest) = 64 AND charts_digest NOT GLOB '*[^0-9a-f]*'), "actor_digest" TEXT NOT NULL CHECK (length(actor_digest) = 64 AND actor_digest NOT GLOB '*[^0-9a-f]*'), "note_digest" TEXT NOT NULL CHECK (length(note_digest) = 64 AND note_digest NOT GLOB '*[^0-9a-f]*'), "previous_hash" TEXT NOT NULL CHECK (length(previous_hash) IN (0, 64)), "hash" TEXT NOT NULL CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'), "erased_at" TEXT CHECK (erased_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z'), FOREIGN KEY ("plan_id") REFERENCES "coach_plans" ("id") ON DELETE RESTRICT) STRICT;
INSERT INTO "plan_history" VALUES(1,1,1,'posted','Long NQ above 21,450.
Stop 21,410.','[]',1,NULL,'2026-11-22T15:00:00.000000Z',X'21D3CA1A2880D90542BDF8C546554A56','c3fc1286db8302b04ccddf9710cf7517e79e7d0176a4e4c91fdd011824ad2ff4','36ad976c1c3ebc35c0bdab08177c19551bb91e330c0dafa4a8b13ad6e2176c9e','3243f2fdd6fb9fa95dd9117e65252fed922157cab4b7685395ca784316a278eb','513097d7e88526e603d3837c6a2fc7194f869390dce31ed8c90cb40bb9a258bc','','0c7a6e4e3a20f95cd29e253f64e55844ec08b0537cdd4fc008db917e10fc211a',NULL);
INSERT INTO "plan_history" VALUES(2,1,2,'edited','Long NQ above 21,460.','[]',1,NULL,'2026-11-22T15:36:00.000000Z',X'41F308BD617D0BC0413B3A32EB29721B','0b61d0ff2101b7e9e3c125ea5d7292a054342aa6b96ac8987034a1a139a94e04','6114f36b1e0b0d8d5f7208643b9cfc9a0bc8e4d3aac0c04b3aa193c818eb1bcd','13217133c558624d18f1715d36e5b365c610f6da84600923eb387250bde85bcd','eef8b160f8bcfcf6e5af953ae921e9420ed3f1c9f6381afd388de2414acfa2db','0c7a6e4e3a20f95cd29e253f64e55844ec08b0537cdd4fc008db917e10fc211a','d1389c7d5d45c587f8317c8b7f92318cdee36b7b694c7c0fa97951cce15193fa',NULL);
INSERT INTO "plan_history" VALUES(3,2,1,'posted','Fade the first push 📈','[]',2,NULL,'2026-11-22T15:36:00.000000Z',X'FEB142C78E227F4F18B7B7E276F424BA','a0657b533f61e4fcce6f06e9e97fda5c9ce89afedcbf90d2a42212e70ab1f1fe','50aaf1f9af785612054ae67d08c20fe1d7e0bfce3df484b08427f8fe0492454d','fc5402ea8f1524ebc31387e83e55b323ff5faffb8a1cf80afadff86288c3a359','541205a5d80eb46d8d9ad8a7d14f09527e12c72b96122832f9a60c041ab0ec7d','','ae4e7ba5919f9d90edd860eab678f27a7a438c87480031feea5317c8ef2f63f0',NULL);
INSERT INTO "plan_history" VALUES(4,2,2,'deleted','Fade the first push 📈','[]',4,NULL,'2026-11-22T15:41:00.000000Z',X'4CEC5CACC5DA7BCB510CB9962D7E8F57','38b9b84c28caf82b3bcc565999dc965e834273906de2840f0046cbbee8eda2ca','e88e2e84f01b9e787990e3a3d74b999a3f5eefb695a2cbc59961d7d9a9976ee0','ce9e148b23137f240b957a6bcf94378527204a3d983bce0893f8153f1fe94d0a','dea9f7ff04df9abb69db258f78c403b9a87a13d14b26a4cd5250621d70f9ead6','ae4e7ba5919f9d90edd860eab678f27a7a438c87480031feea5317c8ef2f63f0','7d8eb5fc345f2cabd2725a5afb5257cf891747fd265894df39a15b166c3bfa54',NULL);
INSERT INTO "plan_history" VALUES(5,3,1,'posted','Second try','[]',2,NULL,'2026-11-22T15:41:00.000000Z',X'0612973C777CEBDF896F614082B67606','98fab0862ce208f65ef0db6e888905582518932c7ec9980f5f44a0e158096e3b','f590ed415f783db9893a035f310e10c09d5aa310a1cd02944297b76c71bdd693','53c200957a6d67803ee2971211c00099cfcf085108efcd1fea62fc36ba01ccbe','7d6e7b0c696afbe3cc3d717d062bf30bb4938cd07540cf8ef9535a4a6dcb1736','','21f7bb88a8ba4e8301ad21b1cbb1f7d0188e9fe47ca4b87f772af3063931e513',NULL);
INSERT INTO "plan_history" VALUES(6,4,1,'posted','Tomorrow''s','[]',1,NULL,'2026-11-22T15:41:00.000000Z',X'D0084115CC8EF47A78BCB3FE76179C68','35ea53826c6ec94c3e843923b1d172af14355b549103cd9c3bd3eecd77662f0a','b0271d553eec60be3ea1f0a4cf853b8cc9308d4bb3917fa6069e74c1fe8f501a','dc4c6da0e958f6045fbcd51615fceef0a34b14721481f442f2f4a353dfba5d63','c70cad144b350e492b036f04d95272a878bb5fe14fc67c73d5b6a44f7a99491b','','d85adbb7bfe7affc748f664ad28c0b697a197d7e7f35dbca622604539189ef01',NULL);
INSERT INTO "plan_history" VALUES(7,4,2,'deleted','Tomorrow''s','[]',1,NULL,'2026-11-22T15:41:00.000000Z',X'FDA7C9C951573BEB20BE088C35A69281','9c642d382ef3ecd5f2bc3694415b0e6907f8ffe54b63aa9b5c0594ccb60dee57','2d18decaf0711aabeaa1711e213ad0b50a5f0fe6ef406c3b42e9162d1bffae27','680b63900ece13feb555c7178e825aacd700f8fb57ed60a3b07374c6ae1f2f7f','323714ae71eebe042f1fef6514be7e36fa2d260c27c5abc2e19bf0ac9cef949b','d85adbb7bfe7affc748f664ad28c0b697a197d7e7f35dbca622604539189ef01','c8e0823064613a23580a63144372342639244db89d1c99db9bf0f72f7975d15e',NULL);
INSERT INTO "plan_history" VALUES(8,4,3,'restored','Tomorrow''s','[]',1,NULL,'2026-11-22T15:41:00.000000Z',X'CDAA8FA192120CB3CDAE390785802BB2','e70159f76d3166fbd3b4a7315feeda4f3afe1c6d13917db2583bfe8da41bb52c','ef02a08a4b518f4610bd5ccd6b5a5b43aef14d1697d4f661584ea2c2140dbc99','d7ddc6099cc753e36b9c339d2633666403f3c82942bb11f87d9795052d9e659a','9d721e61432a3097bad0fb1052fb70d6df1f365880d25b4dc1fe818bd1b702a7','c8e0823064613a23580a63144372342639244db89d1c99db9bf0f72f7975d15e','eb799b12f668c9e593b988999b70ebf396f564995fa1dcd78b4f46a0d1b2352e',NULL);
CREATE TABLE "schema_version" ("id" INTEGER NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "applied" TEXT NOT NULL) STRICT;
INSERT INTO "schema_version" VALUES(1,'0001_first_book','2026-11-22T23:21:07.539756Z');
CREATE UNIQUE INDEX "schema_version_name" ON "schema_version" ("name");
CREATE UNIQUE INDEX "coaches_guild_id_key" ON "coaches" ("guild_id", "key");
CREATE UNIQUE INDEX "coach_members_coach_id_kind_subject_id" ON "coach_members" ("coach_id", "kind", "subject_id");
CREATE INDEX "coach_plans_coach_id" ON "coach_plans" ("coach_id");
CREATE INDEX "coach_plans_guild_id_day" ON "coach_plans" ("guild_id", "day");
CREATE UNIQUE INDEX "coach_plans_live" ON "coach_plans" ("guild_id", "coach_id", "day") WHERE ("deleted_at" IS NULL);
CREATE UNIQUE INDEX "plan_history_plan_id_revision" ON "plan_history" ("plan_id", "revision");
CREATE TRIGGER plan_history_follows BEFORE INSERT ON plan_history
    WHEN NEW.revision IS NOT (
            SELECT coalesce(max(revision), 0) + 1 FROM plan_history WHERE plan_id = NEW.plan_id)
        OR NEW.previous_hash IS NOT coalesce((
            SELECT hash FROM plan_history
            WHERE plan_id = NEW.plan_id AND revision = NEW.revision - 1), '')
        OR EXISTS (SELECT 1 FROM plan_history WHERE id = NEW.id)
    BEGIN
        SELECT RAISE(ABORT, 'a revision must follow the last one of its plan');
    END;
CREATE TRIGGER plan_history_stays BEFORE DELETE ON plan_history
    BEGIN
        SELECT RAISE(ABORT, 'plan_history is never deleted from');
    END;
CREATE TRIGGER plan_history_is_only_erased BEFORE UPDATE ON plan_history
    WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
        OR (NEW.text IS NOT NULL AND NEW.text IS NOT OLD.text)
        OR (NEW.actor_id IS NOT NULL AND NEW.actor_id IS NOT OLD.actor_id)
        OR (NEW.note IS NOT NULL AND NEW.note IS NOT OLD.note)
        OR (NEW.salt IS NOT NULL AND NEW.salt IS NOT OLD.salt)
        OR (NEW.id, NEW.plan_id, NEW.revision, NEW.kind, NEW.charts, NEW.made_at,
            NEW.text_digest, NEW.charts_digest, NEW.actor_digest, NEW.note_digest,
            NEW.previous_hash, NEW.hash)
        IS NOT (OLD.id, OLD.plan_id, OLD.revision, OLD.kind, OLD.charts, OLD.made_at,
            OLD.text_digest, OLD.charts_digest, OLD.actor_digest, OLD.note_digest,
            OLD.previous_hash, OLD.hash)
    BEGIN
        SELECT RAISE(ABORT, 'plan_history is never changed, only erased, once');
    END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('coach_plans',4);
INSERT INTO "sqlite_sequence" VALUES('plan_history',8);
INSERT INTO "sqlite_sequence" VALUES('drafts',2);
COMMIT;
