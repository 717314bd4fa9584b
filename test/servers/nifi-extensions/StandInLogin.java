package infometis.nifi;

import java.util.concurrent.TimeUnit;
import org.apache.nifi.authentication.AuthenticationResponse;
import org.apache.nifi.authentication.LoginCredentials;
import org.apache.nifi.authentication.LoginIdentityProvider;
import org.apache.nifi.authentication.LoginIdentityProviderConfigurationContext;
import org.apache.nifi.authentication.LoginIdentityProviderInitializationContext;
import org.apache.nifi.authentication.exception.InvalidLoginCredentialsException;

/** Knows one user, whose name and password are properties of the provider. */
public class StandInLogin implements LoginIdentityProvider {
    private String username;
    private String password;

    @Override
    public void initialize(LoginIdentityProviderInitializationContext context) {
    }

    @Override
    public void onConfigured(LoginIdentityProviderConfigurationContext context) {
        username = context.getProperty("Username");
        password = context.getProperty("Password");
    }

    @Override
    public AuthenticationResponse authenticate(LoginCredentials credentials) {
        if (username.equals(credentials.getUsername()) && password.equals(credentials.getPassword())) {
            return new AuthenticationResponse(username, username, TimeUnit.HOURS.toMillis(8), "stand-in");
        }
        throw new InvalidLoginCredentialsException("unknown user or wrong password");
    }

    @Override
    public void preDestruction() {
    }
}
