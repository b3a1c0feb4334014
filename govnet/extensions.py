"""The Flask extensions: made here, bound in create_app."""

from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_mail import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from govnet.kernel.askers import asker
from govnet.kernel.form_tokens import FormTokens
from govnet.kernel.models import Base

db = SQLAlchemy(model_class=Base)
migrate = Migrate()
login_manager = LoginManager()
login_manager.session_protection = None  # its mark in visitors' cookies would outlive what they were set for
mail = Mail()
csrf = FormTokens()
limiter = Limiter(key_func=asker)
babel = Babel()
compress = Compress()
