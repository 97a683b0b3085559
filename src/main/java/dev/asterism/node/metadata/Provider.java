package dev.asterism.node.metadata;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whose machine a node is on, as the wire contract names them. */
public enum Provider {
  AWS,
  AZURE,
  GCP,
  OPENSTACK,
  /** OpenStack under another name. */
  STACKIT,
  QEMU;

  private static final URI LINK = URI.create("http://169.254.169.254");
  private static final URI QEMU_HOST = URI.create("http://10.42.0.1:8080");

  /** In any case. */
  public static Optional<Provider> parse(String name) {
    return Arrays.stream(values())
        .filter(provider -> provider.name().equals(name.toUpperCase(Locale.ROOT)))
        .findAny();
  }

  /**
   * Its metadata service.
   *
   * @param base scheme and authority; null: where the provider has it
   */
  public Source source(@Nullable URI base) {
    return source(base, Host.Patience.STANDARD);
  }

  Source source(@Nullable URI base, Host.Patience patience) {
    URI home = this == QEMU ? QEMU_HOST : LINK;
    var host = new Host(base == null ? home : base, patience);
    return switch (this) {
      case AWS -> new AwsSource(host);
      case AZURE -> new AzureSource(host);
      case GCP -> new GcpSource(host);
      case OPENSTACK, STACKIT -> new OpenStackSource(host);
      case QEMU -> new QemuSource(host);
    };
  }
}
