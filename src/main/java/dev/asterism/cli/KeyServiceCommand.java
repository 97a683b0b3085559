package dev.asterism.cli;

import dev.asterism.audit.AuditLog;
import dev.asterism.cli.TlsInputs.Flag;
import dev.asterism.config.TlsFiles;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeySource;
import dev.asterism.keys.KeySources;
import dev.asterism.keys.MasterSecret;
import dev.asterism.keyservice.Callers;
import dev.asterism.keyservice.KeyServiceRole;
import dev.asterism.rpc.MutualTls;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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
      "Answers services inside the cluster that show a certificate: the join-service gets the keys",
      "of disks and the two that the cluster itself needs, others what --allow gives them. Old",
      "join-services speak plain gRPC: they need --plain, and a network that lets nobody else in.",
      "Secrets come from files; no flag holds one.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class KeyServiceCommand implements Callable<Integer> {
  private static final System.Logger LOG = System.getLogger(KeyServiceCommand.class.getName());

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
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "This service's certificate and its issuers, PEM; reloaded when it changes.")
  private @Nullable Path tlsCert;

  @Option(
      names = "--tls-key",
      paramLabel = "FILE",
      description = "Its private key, PEM; reloaded with it.")
  private @Nullable Path tlsKey;

  @Option(
      names = "--tls-client-ca",
      paramLabel = "FILE",
      description = "Who signs the callers' certificates, PEM; reloaded with them.")
  private @Nullable Path tlsClientCa;

  @Option(
      names = "--join-service",
      paramLabel = "NAME",
      defaultValue = Callers.JOIN_SERVICE,
      description =
          "The common name of the join-service's certificate (default: ${DEFAULT-VALUE}).")
  private String joinService = "";

  @Option(
      names = "--allow",
      paramLabel = "NAME=PREFIX",
      description = {
        "Lets the caller of that common name have the keys whose ids begin so; repeatable. Never a",
        "UUID, which may be a disk's, nor one of the cluster's own two."
      })
  private List<String> allow = List.of();

  @Option(
      names = "--plain",
      description = {
        "No TLS, for join-services of the old system. Whoever reaches the port gets every key."
      })
  private boolean plain;

  @Mixin private AuditOptions audit = new AuditOptions();

  KeyServiceCommand() {}

  @Override
  public Integer call() throws Exception {
    role.startLogging();
    Optional<TlsFiles> files =
        new TlsInputs(
                new Flag("--tls-cert", tlsCert),
                new Flag("--tls-key", tlsKey),
                new Flag("--tls-client-ca", tlsClientCa),
                "--plain",
                plain)
            .files();
    if (files.isEmpty()) {
      if (!allow.isEmpty()) {
        throw new MalformedException("--allow", "needs mutual TLS: with --plain nobody has a name");
      }
      LOG.log(Level.WARNING, "key-service: plain gRPC: whoever reaches the port gets every key");
      return serve(null, Callers.anyone());
    }
    Callers callers = Callers.named(joinService, allow);
    InstantSource clock = InstantSource.system();
    try (var identity = TlsInputs.watch(files.get(), TlsIdentity.Purpose.SERVER, clock)) {
      return serve(TlsInputs.mutualTls(identity, clock), callers);
    }
  }

  private int serve(@Nullable MutualTls tls, Callers callers) throws Exception {
    KeySource keys = keys();
    try (AuditLog log = audit.open("key-service", InstantSource.system())) {
      var service =
          new KeyServiceRole(
              listen == null ? new InetSocketAddress(port) : listen,
              role.monitoring(MONITORING_PORT),
              tls,
              callers,
              keys,
              log);
      return RoleOptions.serve(service, log);
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
