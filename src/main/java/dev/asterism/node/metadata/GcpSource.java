package dev.asterism.node.metadata;

import dev.asterism.device.MetadataService.Answer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Compute Engine's metadata server: instance attributes. */
public final class GcpSource implements Source {
  private static final String METADATA = "/computeMetadata/v1/";
  private static final String NAME = METADATA + "instance/name";
  private static final String ZONE = METADATA + "instance/zone";
  private static final String PROJECT = METADATA + "project/project-id";
  private static final String INTERFACE = METADATA + "instance/network-interfaces/0/";
  private static final String IPV4 = INTERFACE + "ip";
  private static final String IPV6 = INTERFACE + "ipv6s";
  private static final String ATTRIBUTES = METADATA + "instance/attributes/";
  private static final String FLAVOR = "Metadata-Flavor";
  private static final String GOOGLE = "Google";

  private final Host host;

  GcpSource(Host host) {
    this.host = host;
  }

  @Override
  public Words look() {
    var look = new Look(host.look());
    return field ->
        switch (field) {
          case NAME -> look.text(NAME);
          case PROVIDER_ID -> look.providerId();
          case IP -> {
            Optional<String> ipv4 = look.text(IPV4).filter(text -> !text.isBlank());
            // One address a line.
            yield ipv4.isPresent() ? ipv4 : look.text(IPV6).map(all -> all.split("\n", 2)[0]);
          }
          case ROLE, API_SERVER, JOIN_ENDPOINTS, INIT_SECRET_HASH ->
              look.text(ATTRIBUTES + field.key()).filter(text -> !text.isBlank());
        };
  }

  @Override
  public String place(Field field) {
    return field.key() == null
        ? host.place(field == Field.IP ? IPV4 : NAME)
        : "Compute Engine instance attribute " + field.key();
  }

  @Override
  public String remedy(Field field) {
    return Settings.remedy(field, " in the instance's metadata");
  }

  private final class Look {
    private final Host.Look look;

    Look(Host.Look look) {
      this.look = look;
    }

    Optional<String> text(String path) throws IOException {
      Answer answer = look.ask("GET", path, Map.of(FLAVOR, GOOGLE));
      if (!answer.headers().firstValue(FLAVOR).orElse("").equals(GOOGLE)) {
        throw new IOException(
            host.place(path)
                + " answers "
                + answer.status()
                + " and is not Google's (no header Metadata-Flavor); check --cloud-provider and"
                + " --metadata-url");
      }
      return look.text(path, answer);
    }

    /** The zone comes as {@code projects/NUMBER/zones/ZONE}. */
    Optional<String> providerId() throws IOException {
      Optional<String> zone = text(ZONE).map(path -> path.substring(path.lastIndexOf('/') + 1));
      Optional<String> project = text(PROJECT);
      Optional<String> name = text(NAME);
      return project.flatMap(p ->
          zone.flatMap(
              z -> name.map(n -> "gce://" + p.strip() + "/" + z.strip() + "/" + n.strip())));
    }
  }
}
