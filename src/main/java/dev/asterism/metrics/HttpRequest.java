package dev.asterism.metrics;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for.
 *
 * @param path as it was sent, still escaped
 * @param query as it was sent, still escaped; null where there is no question mark
 */
public record HttpRequest(String method, String path, @Nullable String query, InetAddress peer) {}
