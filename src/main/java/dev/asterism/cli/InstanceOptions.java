package dev.asterism.cli;

import dev.asterism.node.Metadata;
import dev.asterism.node.metadata.Field;
import dev.asterism.node.metadata.FileSource;
import dev.asterism.node.metadata.FlagSource;
import dev.asterism.node.metadata.Provider;
import dev.asterism.node.metadata.Source;
import dev.asterism.node.metadata.StatedMetadata;
import dev.asterism.wire.MalformedException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who says what this node is: its cloud, a file, or the operator. */
final class InstanceOptions {
  private static final String STATIC = "static";
  private static final String QEMU = "qemu:";

  @Option(
      names = {"--csp", "--cloud-provider"},
      paramLabel = "NAME",
      defaultValue = "${env:CONSTEL_CSP:-qemu}",
      description = "aws, azure, gcp, openstack, stackit or qemu (default: ${DEFAULT-VALUE}).")
  private String provider = "";

  @Option(
      names = "--metadata",
      paramLabel = "SOURCE",
      description = {
        "What says what this node is: static:FILE (JSON), static (the flags below alone), or",
        "qemu:URL (default: the provider's metadata service at --metadata-url). Where a flag says",
        "it, nobody else is asked."
      })
  private @Nullable String metadata;

  @Option(names = "--node-name", paramLabel = "NAME", description = "This node's name.")
  private @Nullable String name;

  @Option(names = "--node-role", paramLabel = "ROLE", description = "control-plane or worker.")
  private @Nullable String role;

  @Option(
      names = "--node-ip",
      paramLabel = "ADDRESS",
      description = "This node's address in the cluster.")
  private @Nullable String ip;

  @Option(
      names = "--provider-id",
      paramLabel = "ID",
      description = "What the provider calls this node, as Kubernetes spells it.")
  private @Nullable String providerId;

  @Option(
      names = "--api-server",
      paramLabel = "HOST[:PORT]",
      description = "The Kubernetes API as nodes reach it (default port: 6443).")
  private @Nullable String apiServer;

  @Option(
      names = "--join-endpoints",
      paramLabel = "HOST:PORT,…",
      description = "Where join-services may answer (default: the API server's host, port 30090).")
  private @Nullable String joinEndpoints;

  @Option(
      names = "--init-secret-hash-file",
      paramLabel = "FILE",
      description = "The bcrypt hash that the secret of an init must match.")
  private @Nullable Path initSecretHash;

  InstanceOptions() {}

  /**
   * What this node can learn of itself.
   *
   * @param url where the provider's metadata service is; null: where the provider has it
   */
  Metadata metadata(@Nullable URI url) throws MalformedException {
    FlagSource flags = flags();
    return new StatedMetadata(flags, source(flags, url));
  }

  private Source source(FlagSource flags, @Nullable URI url) throws MalformedException {
    if (metadata == null) {
      return provider().source(url);
    }
    if (metadata.equals(STATIC)) {
      return flags;
    }
    if (metadata.startsWith(STATIC + ":")) {
      return new FileSource(Path.of(metadata.substring(STATIC.length() + 1)));
    }
    if (metadata.startsWith(QEMU)) {
      return Provider.QEMU.source(
          CloudOptions.base("--metadata", metadata.substring(QEMU.length())));
    }
    throw new MalformedException("--metadata", "is not static, static:FILE or qemu:URL");
  }

  private Provider provider() throws MalformedException {
    return Provider.parse(provider)
        .orElseThrow(() ->
            new MalformedException(
                "--cloud-provider", "is not aws, azure, gcp, openstack, stackit or qemu"));
  }

  private FlagSource flags() throws MalformedException {
    Map<Field, String> given = new EnumMap<>(Field.class);
    put(given, Field.NAME, name);
    put(given, Field.ROLE, role);
    put(given, Field.IP, ip);
    put(given, Field.PROVIDER_ID, providerId);
    put(given, Field.API_SERVER, apiServer);
    put(given, Field.JOIN_ENDPOINTS, joinEndpoints);
    if (initSecretHash != null) {
      given.put(
          Field.INIT_SECRET_HASH,
          new String(
              Inputs.file("--init-secret-hash-file", initSecretHash).toArray(),
              StandardCharsets.US_ASCII));
    }
    return new FlagSource(given);
  }

  private static void put(Map<Field, String> given, Field field, @Nullable String value) {
    Optional.ofNullable(value).ifPresent(text -> given.put(field, text));
  }
}
