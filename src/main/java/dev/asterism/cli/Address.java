package dev.asterism.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT} or {@code :PORT}; IPv6 hosts stand in brackets. */
final class Address implements ITypeConverter<InetSocketAddress> {
  private static final int MAX_PORT = 65_535;

  Address() {}

  @Override
  public InetSocketAddress convert(String value) {
    int colon = value.lastIndexOf(':');
    if (colon < 0) {
      throw new TypeConversionException("is not HOST:PORT");
    }
    int port;
    try {
      port = Integer.parseInt(value.substring(colon + 1));
    } catch (NumberFormatException e) {
      throw new TypeConversionException("has no port number after the last colon");
    }
    if (port < 0 || port > MAX_PORT) {
      throw new TypeConversionException("has a port that is not 0 to " + MAX_PORT);
    }
    String host = value.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }
}
