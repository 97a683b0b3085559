package dev.asterism.cli;

import dev.asterism.audit.AuditLog;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeySource;
import dev.asterism.keys.KeySources;
import dev.asterism.keys.MasterSecret;
import dev.asterism.keyservice.KeyServiceRole;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The role that derives data keys. */
@Command(
    name = "key-service",
    header = KeyServiceCommand.HEADER,
    description = {
      "Answers join-services inside the cluster, without TLS as the wire contract has it: let only",
      "join-services reach it. Secrets come from files; no flag holds one.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class KeyServiceCommand implements Callable<Integer> {
  static final String HEADER = "Derive the cluster's data keys.";

  private static final int MONITORING_PORT = 9181;
  private static final int MAX_URI = 64 * 1024;

  @Mixin private RoleOptions role = new RoleOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "9000",
      description = "Serve on this port of every address (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      converter = Address.class,
      description = "Serve there instead.")
  private @Nullable InetSocketAddress listen;

  @Option(
      names = "--master-secret",
      paramLabel = "FILE",
      defaultValue = "/var/config/mastersecret",
      description =
          "File with the master secret, raw, 16 bytes or more (default: ${DEFAULT-VALUE}).")
  private Path masterSecret = Path.of("");

  @Option(
      names = "--salt",
      paramLabel = "FILE",
      defaultValue = "/var/config/salt",
      description = "File with its salt, raw, 32 bytes or more (default: ${DEFAULT-VALUE}).")
  private Path salt = Path.of("");

  @Option(
      names = "--kms-uri-file",
      paramLabel = "FILE",
      description = "File with a kms:// URI, instead of the two above.")
  private @Nullable Path kmsUri;

  @Option(
      names = "--audit",
      paramLabel = "FILE",
      defaultValue = "/var/log/asterism/key-service-audit.jsonl",
      description = "Audit records, one JSON line each (default: ${DEFAULT-VALUE}).")
  private Path audit = Path.of("");

  KeyServiceCommand() {}

  @Override
  public Integer call() throws Exception {
    role.startLogging();
    KeySource keys = keys();
    try (var log = new AuditLog(audit, InstantSource.system())) {
      return RoleOptions.serve(
          new KeyServiceRole(
              listen == null ? new InetSocketAddress(port) : listen,
              role.monitoring(MONITORING_PORT),
              keys,
              log));
    }
  }

  private KeySource keys() throws Exception {
    try {
      if (kmsUri != null) {
        byte[] uri = AtomicFile.read(kmsUri, MAX_URI).toArray();
        return KeySources.open(new String(uri, StandardCharsets.UTF_8).strip());
      }
      MasterSecret secret = MasterSecret.fromFiles(masterSecret, salt);
      return new HkdfKeySource(secret.key(), secret.salt());
    } catch (IOException e) {
      throw new MalformedException(
          kmsUri == null ? "--master-secret, --salt" : "--kms-uri-file", Failures.oneLine(e));
    }
  }
}
