package dev.asterism.collateral;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Proxies as the environment names them ({@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code NO_PROXY},
 * in either case), which the JDK does not look at; where it names none, as the JDK's own properties
 * do.
 */
public final class EnvironmentProxies extends ProxySelector {
  private static final int DEFAULT_PORT = 8080;

  private final Map<String, String> environment;
  private final ProxySelector otherwise;

  /**
   * @param otherwise asked where the environment says nothing
   */
  public EnvironmentProxies(Map<String, String> environment, ProxySelector otherwise) {
    this.environment = Map.copyOf(environment);
    this.otherwise = otherwise;
  }

  @Override
  public List<Proxy> select(URI uri) {
    Optional<String> proxy = variable(uri.getScheme() + "_proxy");
    if (proxy.isEmpty()) {
      return otherwise.select(uri);
    }
    return excluded(uri.getHost())
        ? List.of(Proxy.NO_PROXY)
        : List.of(new Proxy(Proxy.Type.HTTP, address(proxy.get())));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // The request fails, and says so.
  }

  private Optional<String> variable(String lowerCaseName) {
    return Optional.ofNullable(environment.get(lowerCaseName))
        .or(() -> Optional.ofNullable(environment.get(lowerCaseName.toUpperCase(Locale.ROOT))))
        .filter(value -> !value.isBlank());
  }

  /** Host names and their domains, with or without a leading dot; {@code *} is all. */
  private boolean excluded(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    for (String entry : variable("no_proxy").orElse("").split(",", -1)) {
      String domain = entry.strip().toLowerCase(Locale.ROOT);
      domain = domain.startsWith(".") ? domain.substring(1) : domain;
      if (domain.equals("*")
          || (!domain.isEmpty() && (name.equals(domain) || name.endsWith("." + domain)))) {
        return true;
      }
    }
    return false;
  }

  private static InetSocketAddress address(String proxy) {
    URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("the proxy in the environment is no host and port");
    }
    return InetSocketAddress.createUnresolved(
        uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
  }
}
